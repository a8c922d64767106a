// Connects macproof to your code: `macproof run` starts this file, as macproof.yaml says.
// Each line on stdin and stdout is one JSON object: print nothing else to stdout.
{%- if !web %}
import { {% if computed %}createHmac, {% endif %}timingSafeEqual } from 'node:crypto';
{%- endif %}
import { createInterface } from 'node:readline';

// ---- Yours: fill in ----------------------------------------------------------------------------
// It works as generated, so the first run passes, but it tests none of your code until sign and
// verify call it. Then remove tokenOf.{% if !web %} Both may return promises.{% endif %}
{%- if typed %}

type Fields = Record<string, any>; // texts, and numbers for times
{%- endif %}

/** Throw this if your code refuses an input with a documented error. */
class Refused extends Error {}
{%- if left %}

/** Not implemented yet. */
class FillIn extends Error {}
{%- endif %}

/** The token of these fields. Fill in, as in: return acme.sign(secret, fields.{{ field }}) */
{% if web %}async {% endif %}function sign(suite{% if typed %}: string{% endif %}, secret{% if typed %}: string{% endif %}, fields{% if typed %}: Fields{% endif %}) {
  return tokenOf(suite, secret, fields);
}

/**
 * Whether the token is accepted for these fields, at the time `now` in Unix seconds. False if your
 * code throws its documented error for a bad signature; let any other error propagate.
 */
{%- if typed %}
function verify(suite: string, secret: string, fields: Fields, token: string, now: number) {
{%- else %}
{% if web %}async {% endif %}function verify(suite, secret, fields, token, now) {
{%- endif %}
{%- for s in suites %}{% if let Some(carried) = s.carried %}
  if (suite === '{{ s.name }}') {
    // The time stays text: Number() also takes "+7" and "007".
    const time = token.slice(token.lastIndexOf('{{ carried.separator }}') + {{ carried.separator.len() }});
    if (!/^(0|[1-9][0-9]*)$/.test(time)) return false;
    fields = { ...fields, {{ carried.field }}: time };
  }
{%- endif %}{% endfor %}
{%- if web %}
  const expected = bytes(await tokenOf(suite, secret, fields)), presented = bytes(token);
  if (expected.length !== presented.length) return false;
  // In constant time: WebCrypto has no function for that.
  return expected.reduce((differs, byte, at) => differs | (byte ^ presented[at]), 0) === 0;
{%- else %}
  const expected = Buffer.from(tokenOf(suite, secret, fields));
  const presented = Buffer.from(token);
  return expected.length === presented.length && timingSafeEqual(expected, presented);
{%- endif %}
}

{% if web %}const bytes = (text) => new TextEncoder().encode(text);

async {% endif %}function tokenOf(suite{% if typed %}: string{% endif %}, secret{% if typed %}: string{% endif %}, fields{% if typed %}: Fields{% endif %}) {
  if (!secret) throw new Refused('there is no secret');
  switch (suite) {
{%- for s in suites %}
    case '{{ s.name }}':
{%- if let Some(token) = s.token %}
      return {{ token|indent(6) }};
{%- else %}
      throw new FillIn('fill in sign and verify of {{ s.name }} in {{ path }}');
{%- endif %}{% endfor %}
    default:
      throw new RangeError(suite);
  }
}
{%- if computed %}

{%- if web %}

async function mac(secret, message) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(message)));
}
{%- if hex %}

const hex = (mac) => Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('');
{%- endif %}
{%- if base64 %}

const base64 = (mac) => btoa(String.fromCharCode(...mac));
{%- endif %}
{%- else if typed %}

const mac = (secret: string, message: string) => createHmac('sha256', secret).update(message);
{%- else %}

const mac = (secret, message) => createHmac('sha256', secret).update(message);
{%- endif %}
{%- endif %}

// ---- The adapter: set your name and version, and keep the rest ---------------------------------

const HELLO = {
  protocol: 1,
  implementation: { name: '{{ implementation }}', version: '0', language: '{{ language }}' },
  suites: [{{ names }}],
  ops: ['sign', 'verify'], // take out what your code does not do
  inputs: ['text'], // add 'number' if your users may pass numbers; then sign and verify get them
  max_in_flight: 64,
};

async function answer(request{% if typed %}: any{% endif %}) {
  const { op, suite, {% if per %}secrets, {% endif %}fields, token, now, repeat = 1 } = request;
  {% if per %}let{% else %}const{% endif %} { secret } = request;
  if (op === 'hello') return HELLO;
{%- for s in suites %}{% if let Some(per) = s.per %}
  if (suite === '{{ s.name }}') {
    secret = new Map{% if typed %}<string, any>{% endif %}(Object.entries(secrets)).get(fields.{{ per }});
  }
{%- endif %}{% endfor %}
  try {
    if (op === 'sign') return { token: await sign(suite, secret, fields) };
    let accepted = 0, last = false;
    for (let i = 0; i < repeat; i++) {
      last = await verify(suite, secret, fields, token, now);
      accepted += last ? 1 : 0;
    }
    return { outcome: last ? 'accept' : 'reject', accepted };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
{%- if left %}
    if (error instanceof FillIn) return { unsupported: error.message };
{%- endif %}
    return { threw: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.op === 'bye') break;
  process.stdout.write(`${JSON.stringify({ id: request.id, ...(await answer(request)) })}\n`);
}
