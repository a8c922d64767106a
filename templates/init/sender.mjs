// Connects macproof to your sender: `macproof run` starts this file, as macproof.yaml says.
// Each line on stdin and stdout is one JSON object: print nothing else to stdout.
{%- if computed %}
import { createHmac } from 'node:crypto';
{%- endif %}
import { createInterface } from 'node:readline';

// ---- Yours: fill in ----------------------------------------------------------------------------
// {% if left %}What throws FillIn is not written yet; the rest{% else %}It{% endif %} works as generated, but it tests none of your code until send calls it.

/** Not implemented yet. */
class FillIn extends Error {}

/**
 * The body and the headers of the request that your code would send, at the time `now` in Unix
 * seconds; use your own clock if it cannot be set, and say clock: 'system' in HELLO. Return them as
 * they go over the wire: hand your code a fetch that keeps what it is given. May return a promise.
 */
function send(suite, secret, fields, now) {
{%- for s in suites %}
  if (suite === '{{ s.name }}') {
{%- match (s.token.as_ref(), s.request.as_ref()) %}{% when (Some(token), Some(request)) %}
    // fields.{{ request.body }} is {% if request.is_json %}an object: write it once, and sign what was written{% else %}the body, as text{% endif %}.
    const body = {% if request.is_json %}JSON.stringify(fields.{{ request.body }}){% else %}fields.{{ request.body }}{% endif %};
    fields = { ...fields, {{ request.body }}: body };
    const token = {{ token|indent(4) }};
    const headers = [['{{ request.token }}', token]];
{%- for (name, field) in request.headers %}
    headers.push(['{{ name }}', fields.{{ field }}]);
{%- endfor %}
    return { body: Buffer.from(body), headers };
{%- when (_, Some(request)) %}
    // fields.{{ request.body }} is {% if request.is_json %}an object: write it once, and sign what was written{% else %}the body, as text{% endif %}.
    // Headers: {{ request.token }}, which holds the token{% for (name, field) in request.headers %}; {{ name }}, which holds {{ field }}{% endfor %}.
    throw new FillIn('fill in send of {{ s.name }} in {{ path }}');
{%- when _ %}
    throw new FillIn('fill in send of {{ s.name }} in {{ path }}');
{%- endmatch %}
  }
{%- endfor %}
  throw new RangeError(suite);
}
{%- if computed %}

const mac = (secret, message) => createHmac('sha256', secret).update(message);
{%- endif %}

// ---- The adapter: set your name and version, and keep the rest ---------------------------------

const HELLO = {
  protocol: 1,
  implementation: { name: '{{ implementation }}', version: '0', language: '{{ language }}' },
  suites: [{{ names }}],
  ops: ['send'],
  clock: 'injected', // 'system' if your code takes the time from the real clock
  max_in_flight: 64,
};

async function answer(request) {
  const { op, suite, fields, now } = request;
  if (op === 'hello') return HELLO;
  let { secret } = request;
{%- for s in suites %}{% if let Some(per) = s.per %}
  if (suite === '{{ s.name }}') secret = new Map(Object.entries(request.secrets)).get(fields.{{ per }});
{%- endif %}{% endfor %}
  try {
    const { body, headers } = await send(suite, secret, fields, now);
    const text = body.toString();
    const isText = Buffer.from(text).equals(body);
    return { body: isText ? text : { base64: body.toString('base64') }, headers };
  } catch (error) {
    if (error instanceof FillIn) return { unsupported: error.message };
    return { threw: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.op === 'bye') break;
  console.log(JSON.stringify({ id: request.id, ...(await answer(request)) }));
}
