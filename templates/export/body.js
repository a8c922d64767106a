const LEVELS = process.env.MACPROOF_LEVEL === 'should' ? ['must', 'should'] : ['must'];
const ops = implementation.OPS.filter((op) => ['sign', 'verify'].includes(op));

test('something is asked', () => {
  if (ops.length === 0) {
    const file = '{{ name }}.implementation.{% if vitest %}mjs{% else %}cjs{% endif %}';
    throw new Error(`fill in sign and verify in ${file}, and name them in its OPS`);
  }
});

for (const one of vectors.cases) {
  if (one.level === 'may' || !ops.includes(one.request.op)) continue;
  if (!implementation.INPUTS.includes(one.input)) {
    test.skip(`{{ name }}/${one.id} (gives ${one.input}, which INPUTS leaves out)`, () => {});
    continue;
  }
  test(`{{ name }}/${one.id}`, async () => {
    const { outcome, what } = await ask(one.request);
    const isExpected = one.expect.outcomes?.includes(outcome);
    if (isExpected && (outcome !== 'token' || isDue(what, one.expect))) return;
    const why = because(one, outcome, what);
    if (LEVELS.includes(one.level)) {
      const error = new Error(why);
      error.stack = why; // a trace of this file helps nobody
      throw error;
    }
    console.warn(`warning: ${why}`);
  });
}

/** The outcome of a request, and what comes with it. */
async function ask({ op, {% if let Some(_) = code.per %}secrets{% else %}secret{% endif %}, fields, token, now }) {
  {% if let Some(_) = code.per -%}
  const given = new Map(Object.entries(secrets).map(([name, secret]) => [name, value(secret)]));
  {%- else -%}
  const given = value(secret);
  {%- endif %}
  const named = {};
  for (const [name, field] of Object.entries(fields)) named[name] = value(field);
  try {
    if (op === 'sign') return { outcome: 'token', what: await implementation.sign(given, named) };
    const accepted = await implementation.verify(given, named, value(token), now);
    if (typeof accepted !== 'boolean') return { outcome: 'neither true nor false', what: accepted };
    return { outcome: accepted ? 'accept' : 'reject' };
  } catch (error) {
    const outcome = error instanceof implementation.Refused ? 'refused' : 'threw';
    return { outcome, what: error };
  }
}

/** Bytes stand in JSON as {"base64": …}. */
function value(given) {
  const isBytes = typeof given?.base64 === 'string' && Object.keys(given).length === 1;
  return isBytes ? Buffer.from(given.base64, 'base64') : given;
}

function isDue(token, expect) {
{%- if has_items %}
  const separator = expect.items_in_any_order;
  const sorted = (text) => JSON.stringify(text.split(separator).sort());
  if (separator && typeof token === 'string') return sorted(token) === sorted(expect.token);
{%- endif %}
  return token === expect.token;
}

/** What went wrong, and which requirement says so. */
function because(one, outcome, what) {
  const due = one.expect.outcomes.join(' or ');
  const said = what === undefined ? '' : `: ${short(what)}`;
  const lines = [`{{ name }}/${one.id}: expected ${due}, got ${outcome}${said}`];
  if (one.expect.token !== undefined) lines.push(`  the token is: ${short(one.expect.token)}`);
  const asked = JSON.stringify(one.request).replace(/[^ -~]/g, escaped);
  lines.push(`  asked: ${short(asked)}`);
  for (const id of one.shows) {
    const { level, basis, text, where } = vectors.requirements[id];
    lines.push(`  ${level} (${basis}) ${id}: ${text}`);
    if (where !== undefined) lines.push(`    ${where}`);
  }
  if (one.note !== undefined) lines.push(`  note: ${one.note}`);
  return lines.join('\n');
}

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

function short(what) {
  const text = String(what);
  return text.length <= 400 ? text : `${text.slice(0, 400)}… (${text.length} characters)`;
}
