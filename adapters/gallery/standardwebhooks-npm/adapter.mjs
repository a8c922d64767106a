// `standardwebhooks` for JavaScript. Its clock is Date.now, which is set to the request's time.
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
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
    'webhook-id': fields.msg_id,
    'webhook-timestamp': fields.timestamp,
    'webhook-signature': token,
  };
  try {
    hook.verify(fields.payload, headers, { jsonParse: false });
    return { outcome: 'accept' };
  } catch (error) {
    if (error instanceof WebhookVerificationError) return { outcome: 'reject', code: error.message };
    throw error;
  }
}

const hello = {
  implementation: {
    name: 'standardwebhooks (npm)', version: versionOf('standardwebhooks'), language: 'javascript',
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
