// `magicbell`: createHmac(secret, email) signs; there is nothing that verifies.
import { createHmac } from 'magicbell';
import { Refused, serve, versionOf } from '../adapter.mjs';

const hello = {
  implementation: {
    name: 'magicbell', version: versionOf('magicbell'), language: 'javascript', notes: 'npm package',
  },
  suites: ['magicbell'],
  ops: ['sign'],
};

await serve(hello, ({ secret, fields }) => {
  try {
    return { token: createHmac(secret, fields.email) };
  } catch (error) {
    throw error.message.startsWith("You'll need to provide") ? new Refused(error.message) : error;
  }
});
