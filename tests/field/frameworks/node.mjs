// Webhook receivers in Node, as their frameworks have them: node.mjs FRAMEWORK MODE PORT.
// The right mode signs the raw body; each other one makes a mistake that people make with it.
import crypto from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';

const [framework, mode, port] = process.argv.slice(2);
const secret = process.env.HOOK_SECRET;
// Packages are looked up where HOOK_PACKAGES says.
const packages = createRequire(`${process.env.HOOK_PACKAGES ?? process.cwd()}/`);
const listen = { port: Number(port), host: '127.0.0.1' };

// Whether a signature is that of what is signed.
function isRight(signed, given) {
  const key = { 'secret-base64': Buffer.from(secret, 'base64'), 'secret-line': `${secret}\n` }[mode] ?? secret;
  const mac = crypto.createHmac(mode === 'sha1' ? 'sha1' : 'sha256', key).update(signed);
  const due = Buffer.from('sha256=' + mac.digest(mode === 'base64' ? 'base64' : 'hex'));
  const shown = Buffer.from(given ?? '');
  return due.length === shown.length && crypto.timingSafeEqual(due, shown);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

// What is signed of a body that a framework has parsed.
function ofParsed(body) {
  if (mode === 'object') return `${body}`;
  return JSON.stringify(mode === 'sorted' ? sorted(body) : body);
}

// Of a body as text or bytes.
function ofRaw(body) {
  if (mode === 'trim') return body.toString().trim();
  if (mode === 'latin1') return Buffer.from(body).toString('latin1');
  return body;
}

const PARSED = ['json', 'object', 'sorted'];
const isParsed = PARSED.includes(mode);
const signature = (headers) => headers['x-hub-signature-256'];

const FRAMEWORKS = {
  http() {
    const server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        const raw = Buffer.concat(chunks);
        let status = 400;
        try {
          const signed = isParsed ? ofParsed(JSON.parse(raw)) : ofRaw(raw);
          status = isRight(signed, signature(request.headers)) ? 200 : 401;
        } catch {
          // No JSON.
        }
        response.writeHead(status).end();
      });
    });
    server.listen(listen);
  },

  express() {
    const express = packages('express');
    const app = express();
    // Without a type, express.raw leaves JSON alone, and nothing is in req.body.
    const parser = {
      untyped: express.raw(),
      latin1: express.text({ type: '*/*', defaultCharset: 'latin1' }),
    }[mode] ?? (isParsed ? express.json({ strict: false }) : express.raw({ type: '*/*' }));
    app.post('/hook', parser, (request, response) => {
      const body = mode === 'untyped' ? `${request.body}` : request.body;
      const signed = isParsed ? ofParsed(body) : mode === 'latin1' ? body : ofRaw(body ?? '');
      response.sendStatus(isRight(signed, signature(request.headers)) ? 200 : 401);
    });
    app.use((error, request, response, next) => response.sendStatus(400));
    app.listen(listen.port, listen.host);
  },

  fastify() {
    const app = packages('fastify')();
    if (!isParsed) {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
    }
    app.post('/hook', async (request, reply) => {
      const signed = isParsed ? ofParsed(request.body) : ofRaw(request.body ?? Buffer.alloc(0));
      return reply.code(isRight(signed, signature(request.headers)) ? 200 : 401).send();
    });
    app.setErrorHandler((error, request, reply) => reply.code(400).send());
    app.listen(listen);
  },

  koa() {
    const Koa = packages('koa');
    const app = new Koa();
    app.silent = true;
    app.on('error', () => {});
    if (isParsed) {
      const { bodyParser } = packages('koa-bodyparser');
      app.use((bodyParser ?? packages('koa-bodyparser'))({ strict: false, onerror: (error, context) => context.throw(400) }));
    }
    app.use(async (context) => {
      let raw;
      if (!isParsed) {
        const chunks = [];
        for await (const chunk of context.req) chunks.push(chunk);
        raw = Buffer.concat(chunks);
      }
      const signed = isParsed ? ofParsed(context.request.body) : ofRaw(raw);
      context.status = isRight(signed, signature(context.headers)) ? 200 : 401;
    });
    app.listen(listen);
  },

  hono() {
    const { Hono } = packages('hono');
    const { serve } = packages('@hono/node-server');
    const app = new Hono();
    app.post('/hook', async (context) => {
      let signed;
      try {
        if (isParsed) signed = ofParsed(await context.req.json());
        else signed = mode === 'trim' ? (await context.req.text()).trim() : Buffer.from(await context.req.arrayBuffer());
      } catch {
        return context.body(null, 400);
      }
      return context.body(null, isRight(signed, context.req.header('x-hub-signature-256')) ? 200 : 401);
    });
    serve({ fetch: app.fetch, port: listen.port, hostname: listen.host });
  },

  // A handler over the web's Request and Response, as in the app router of Next.js.
  web() {
    async function POST(request) {
      let signed;
      try {
        signed = isParsed ? ofParsed(await request.json()) : Buffer.from(await request.arrayBuffer());
        if (mode === 'text-trim') signed = signed.toString().trim();
      } catch {
        return new Response(null, { status: 400 });
      }
      return new Response(null, { status: isRight(signed, request.headers.get('x-hub-signature-256')) ? 200 : 401 });
    }
    http.createServer(async (incoming, outgoing) => {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const headers = Object.entries(incoming.headers).map(([name, value]) => [name, `${value}`]);
      let response;
      try {
        response = await POST(new Request('http://localhost/hook', { method: 'POST', headers, body: Buffer.concat(chunks) }));
      } catch {
        // A header that the web's Headers do not take.
        response = new Response(null, { status: 400 });
      }
      outgoing.writeHead(response.status).end();
    }).listen(listen);
  },

  polka() {
    const parser = packages('body-parser');
    const app = packages('polka')({ onError: (error, request, response) => response.writeHead(400).end() });
    app.use(isParsed ? parser.json({ strict: false }) : parser.raw({ type: '*/*' }));
    app.post('/hook', (request, response) => {
      const body = request.body;
      const signed = isParsed ? ofParsed(body) : ofRaw(Buffer.isBuffer(body) ? body : '');
      response.writeHead(isRight(signed, signature(request.headers)) ? 200 : 401).end();
    });
    app.listen(listen.port, listen.host);
  },

  async hapi() {
    const server = packages('@hapi/hapi').server(listen);
    server.route({
      method: 'POST',
      path: '/hook',
      options: { payload: { parse: isParsed, output: 'data' } },
      handler(request, h) {
        const signed = isParsed ? ofParsed(request.payload) : ofRaw(request.payload ?? '');
        return h.response().code(isRight(signed, signature(request.headers)) ? 200 : 401);
      },
    });
    await server.start();
  },
};

await FRAMEWORKS[framework]();
