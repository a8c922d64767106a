'use strict';
// A macproof adapter for Node.js 20: the SDK first, the adapter below it. No dependencies.
const { createHmac, timingSafeEqual } = require('node:crypto');

// ---- The SDK: replace this part by yours -------------------------------------------------------

/** The documented error for a configuration or an identity that cannot be signed. */
class Refused extends Error {}

function sign(system, secret, id, timestamp) {
  const key = keyOf(secret), identity = bytesOf(id, 'the identity');
  if (system === 'jimo' && !(Number.isSafeInteger(timestamp) && timestamp >= 0)) {
    throw new Refused('the timestamp is not a whole number of seconds');
  }
  return tokenOf(system, key, identity, timestamp);
}

function verify(system, secret, id, token) {
  const key = keyOf(secret), identity = bytesOf(id, 'the identity');
  if (typeof token !== 'string') return false;
  const time = token.slice(token.lastIndexOf('-') + 1); // stays text: a number would forget "+7" and "007"
  if (system === 'jimo' && !/^(0|[1-9][0-9]*)$/.test(time)) return false;
  const presented = Buffer.from(token), expected = Buffer.from(tokenOf(system, key, identity, time));
  return equal(presented, expected);
}

/** Takes as long wherever the two differ; === does not. */
let equal = (one, other) => one.length === other.length && timingSafeEqual(one, other); // it throws on unequal lengths

function tokenOf(system, key, identity, time) {
  const mac = createHmac('sha256', key).update(identity);
  if (system === 'jimo') return `${mac.update(`-${time}`).digest('hex')}-${time}`;
  return mac.digest(system === 'engagespot' ? 'base64' : 'hex');
}

function keyOf(secret) {
  const key = bytesOf(secret, 'the secret');
  if (key.length === 0) throw new Refused('the secret is empty');
  return key;
}

/** Text as UTF-8, bytes as they are, a whole number as its decimal text; nothing else is ever stringified. */
function bytesOf(value, name) {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'string' && value.isWellFormed()) return Buffer.from(value); // a lone surrogate has no UTF-8
  if (Number.isSafeInteger(value)) return Buffer.from(String(value));
  throw new Refused(`${name} is missing or not text`);
}

// ---- The adapter: one JSON object a line, on stdin and stdout ----------------------------------

const SUITES = ['jotreview', 'prefinery', 'jimo', 'engagespot', 'mtribes'];
const HELLO = {
  protocol: 1,
  implementation: { name: 'macproof-example-node', version: '1.0.0', language: 'node' },
  suites: SUITES, ops: ['sign', 'verify', 'compare'], clock: 'injected',
  inputs: ['text', 'bytes', 'number', 'json'], max_in_flight: 256,
};

const decoded = (value) => (typeof value?.base64 === 'string' ? Buffer.from(value.base64, 'base64') : value);

function answer({ id, op, suite, secret, secrets, fields = {}, token, repeat, left, right }) {
  if (op === 'hello') return HELLO;
  if (op === 'compare') return { id, equal: compare(left, right, repeat ?? 1) };
  if (!SUITES.includes(suite)) return { id, unsupported: `suite ${suite}` };
  const key = decoded(secrets ? new Map(Object.entries(secrets)).get(fields.platform) : secret);
  const identity = decoded(suite === 'prefinery' ? fields.identifier : fields.user_id);
  try {
    if (op === 'sign') return { id, token: sign(suite, key, identity, fields.timestamp) };
    if (op === 'verify') {
      let accepted = 0, last = false;
      for (let i = 0; i < (repeat ?? 1); i++) accepted += last = verify(suite, key, identity, token);
      return { id, outcome: last ? 'accept' : 'reject', ...(repeat && { accepted }) };
    }
    return { id, unsupported: `op ${op}` };
  } catch (error) {
    return error instanceof Refused ? { id, refused: error.message } : { id, threw: `${error.name}: ${error.message}` };
  }
}

/** Eight copies in turn: of one pair that never changes, V8 would take the comparison out of the loop. */
function compare(left, right, repeat) {
  const lefts = Array.from({ length: 8 }, () => Buffer.from(left)), other = Buffer.from(right);
  let equals = 0;
  for (let i = 0; i < repeat; i++) equals += equal(lefts[i % 8], other);
  return equals === repeat;
}

// ---- Planted leaks, for `macproof timing` to find; drop this part ------------------------------

function earlyExit(one, other) {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return one.length === other.length;
}

function slowerWhenTheFirstMatches(nanoseconds) {
  const safe = equal, clock = () => performance.now() * 1e6;
  let owed = 0;
  return (one, other) => {
    owed += 300 + (one[0] === other[0] ? nanoseconds : 0); // all wait: what that costs besides is the same for all
    const start = clock();
    let waited = 0;
    while (waited < owed) waited = clock() - start;
    owed = Math.max(owed - waited, -1000); // too long is made up for, unless the system took the time
    return safe(one, other);
  };
}

const asText = (bytes) => bytes.latin1Slice();

function leaky(name) {
  if (name === 'early-exit') return earlyExit;
  if (name === 'equality') return (one, other) => asText(one) === asText(other);
  const [, number, unit] = /^([0-9]+)(ns|us)$/.exec(name);
  return slowerWhenTheFirstMatches(number * { ns: 1, us: 1000 }[unit]);
}

if (process.argv[2] === '--leak') equal = leaky(process.argv[3]);

// -------------------------------------------------------------------------------------------------

let unread = '';
process.stdin.setEncoding('latin1').on('data', (chunk) => {
  const lines = (unread + chunk).split('\n');
  unread = lines.pop();
  const requests = lines.map((line) => JSON.parse(line));
  const answers = requests.filter(({ op }) => op !== 'bye').map((request) => `${JSON.stringify(answer(request))}\n`);
  process.stdout.write(answers.join('')); // one write for all that has come, and nothing waits
  if (answers.length < requests.length) process.stdin.destroy();
});
