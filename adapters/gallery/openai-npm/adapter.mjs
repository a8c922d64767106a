// `openai` for JavaScript: webhooks.verifySignature; nothing signs. Its clock is Date.now, which is
// set to the request's time. What no HTTP header carries is refused before it gets there.
import OpenAI from 'openai';
import { Refused, serve, versionOf } from '../adapter.mjs';

const { webhooks } = new OpenAI({ apiKey: 'no call is made' });
/** The package's own words for a call that lacks something. */
const DECLINED = ['Missing required header: ', 'The webhook secret must '];

const hello = {
  implementation: {
    name: 'openai (npm)', version: versionOf('openai'), language: 'javascript',
    notes: 'npm package; Date.now is set to the time of the request',
  },
  suites: ['standard-webhooks'],
  ops: ['verify'],
};

await serve(hello, async ({ secret, fields, token, now }) => {
  Date.now = () => now * 1000;
  const given = {
    'webhook-id': fields.msg_id, 'webhook-timestamp': fields.timestamp, 'webhook-signature': token,
  };
  let headers;
  try {
    headers = new Headers(Object.entries(given).filter(([, value]) => value !== undefined));
  } catch (error) {
    throw new Refused(`no HTTP header carries this: ${error.message}`);
  }
  try {
    await webhooks.verifySignature(fields.payload, headers, secret);
    return { outcome: 'accept' };
  } catch (error) {
    if (error instanceof OpenAI.InvalidWebhookSignatureError) return { outcome: 'reject' };
    const isDeclined = DECLINED.some((words) => error.message.startsWith(words));
    throw isDeclined ? new Refused(error.message) : error;
  }
});
