{% if let Some(_) = code.token %}
const OPS = ['sign', 'verify']; // take out what your code does not do
{%- else %}
const OPS = []; // 'sign', 'verify': what you have filled in
{%- endif %}
const INPUTS = ['text']; // add 'bytes', 'number' or 'json' if your code is to take those, too

/** Throw this if your code refuses an input with a documented error. */
class Refused extends Error {}

/** The token of these fields. Fill in, as in: return acme.sign(secret, fields.{{ field }}) */
{%- if let Some(per) = code.per %}
function sign(secrets, fields) {
  const secret = secrets.get(fields.{{ per }});
{%- else %}
function sign(secret, fields) {
{%- endif %}
{%- if let Some(_) = code.token %}
  return tokenOf(secret, fields);
{%- else %}
  throw new Error('not filled in');
{%- endif %}
}

/**
 * Whether the token is accepted for these fields, at the time `now` in Unix seconds. False if your
 * code throws its documented error for a bad signature; let any other error propagate.
 */
function verify({% if let Some(_) = code.per %}secrets{% else %}secret{% endif %}, fields, token, now) {
{%- if let Some(per) = code.per %}
  const secret = secrets.get(fields.{{ per }});
{%- endif %}
{%- if let Some(_) = code.token %}
{%- if let Some(carried) = code.carried %}
  // The time stays text: Number() also takes "+7" and "007".
  const time = token.slice(token.lastIndexOf('{{ carried.separator }}') + {{ carried.separator.len() }});
  if (!/^(0|[1-9][0-9]*)$/.test(time)) return false;
  fields = { ...fields, {{ carried.field }}: time };
{%- endif %}
  const expected = Buffer.from(tokenOf(secret, fields)), presented = Buffer.from(token);
  return expected.length === presented.length && timingSafeEqual(expected, presented);
{%- else %}
  throw new Error('not filled in');
{%- endif %}
}
{%- if let Some(token) = code.token %}

function tokenOf(secret, fields) {
  if (!secret) throw new Refused('there is no secret');
  return {{ token|indent(2) }};
}

const mac = (secret, message) => createHmac('sha256', secret).update(message);
{%- endif %}
