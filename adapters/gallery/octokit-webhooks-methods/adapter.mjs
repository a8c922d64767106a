// `@octokit/webhooks-methods`. It declines what is missing or empty by a TypeError of its own words.
import { sign, verify } from '@octokit/webhooks-methods';
import { Refused, serve, versionOf } from '../adapter.mjs';

const hello = {
  implementation: {
    name: '@octokit/webhooks-methods', version: versionOf('@octokit/webhooks-methods'),
    language: 'javascript', notes: 'npm package',
  },
  suites: ['github-webhook'],
};

await serve(hello, async ({ op, secret, fields, token }) => {
  try {
    if (op === 'sign') return { token: await sign(secret, fields.payload) };
    return { outcome: (await verify(secret, fields.payload, token)) ? 'accept' : 'reject' };
  } catch (error) {
    throw error.message.startsWith('[@octokit/webhooks-methods]') ? new Refused(error.message) : error;
  }
});
