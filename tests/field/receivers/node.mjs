// A webhook receiver in Node: over the raw body, or over the body that a JSON parser made.
import crypto from 'node:crypto';
import http from 'node:http';

const [mode, port] = process.argv.slice(2);
const secret = process.env.HOOK_SECRET;

function signed(body) {
  return 'sha256=' + crypto.createHmac('sha256', secret).update(body).digest('hex');
}

http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    let body = Buffer.concat(chunks);
    if (mode === 'wrong') {
      try {
        body = JSON.stringify(JSON.parse(body));
      } catch {
        response.writeHead(400).end();
        return;
      }
    }
    const due = Buffer.from(signed(body));
    const given = Buffer.from(request.headers['x-hub-signature-256'] ?? '');
    const same = due.length === given.length && crypto.timingSafeEqual(due, given);
    response.writeHead(same ? 200 : 401).end();
  });
}).listen(Number(port), '127.0.0.1');
