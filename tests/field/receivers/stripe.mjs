// A receiver of events whose token carries its time: with the real clock, over the raw body or over
// the body that a JSON parser made.
import crypto from 'node:crypto';
import http from 'node:http';

const [mode, port] = process.argv.slice(2);
const secret = process.env.HOOK_SECRET;

function isValid(header, body) {
  const pairs = header.split(',').map((pair) => pair.split('='));
  const times = pairs.filter(([key]) => key === 't').map(([, value]) => value);
  if (times.length !== 1 || !/^(0|[1-9][0-9]*)$/.test(times[0])) return false;
  if (Number(times[0]) < Math.floor(Date.now() / 1000) - 300) return false;
  const mac = crypto.createHmac('sha256', secret).update(`${times[0]}.`).update(body).digest('hex');
  const due = Buffer.from(mac);
  return pairs.some(([key, value]) => {
    const given = Buffer.from(value ?? '');
    return key === 'v1' && given.length === due.length && crypto.timingSafeEqual(given, due);
  });
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
    response.writeHead(isValid(request.headers['stripe-signature'] ?? '', body) ? 200 : 400).end();
  });
}).listen(Number(port), '127.0.0.1');
