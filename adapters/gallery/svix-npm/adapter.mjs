// `svix` for JavaScript, which wraps `standardwebhooks`. Its clock is Date.now, which is set to the
// request's time. `verify` parses the payload as JSON once the signature is right.
import { Webhook, WebhookVerificationError } from 'svix';
import { Refused, serve, versionOf } from '../adapter.mjs';

/** The constructor's own words for a secret that it does not take. */
const DECLINED = ["Secret can't be empty.", 'Expected secret to be of type string'];

function webhook(secret) {
  try {
    return new Webhook(secret);
  } catch (error) {
    throw DECLINED.includes(error.message) ? new Refused(error.message) : error;
  }
}

function verify(hook, { fields, token, now }) {
  Date.now = () => now * 1000;
  const headers = {
    'svix-id': fields.msg_id,
    'svix-timestamp': fields.timestamp,
    'svix-signature': token,
  };
  try {
    hook.verify(fields.payload, headers);
    return { outcome: 'accept' };
  } catch (error) {
    if (error instanceof WebhookVerificationError) return { outcome: 'reject', code: error.message };
    // The payload is no JSON, which is found only behind a right signature.
    if (error instanceof SyntaxError) return { outcome: 'accept' };
    throw error;
  }
}

const hello = {
  implementation: {
    name: 'svix (npm)', version: versionOf('svix'), language: 'javascript',
    notes: 'npm package; Date.now is set to the time of the request',
  },
  suites: ['standard-webhooks'],
};

await serve(hello, ({ op, secret, ...request }) => {
  const hook = webhook(secret);
  if (op === 'verify') return verify(hook, request);
  const { msg_id, timestamp, payload } = request.fields;
  return { token: hook.sign(msg_id, new Date(timestamp * 1000), payload) };
});
