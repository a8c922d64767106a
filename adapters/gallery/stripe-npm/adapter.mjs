// `stripe` for Node.js: webhooks.signature.verifyHeader, and its helper that makes test headers.
import Stripe from 'stripe';
import { serve, versionOf } from '../adapter.mjs';

const { webhooks } = new Stripe('sk_test_no_call_is_made');
/** The default of constructEvent, in seconds. */
const TOLERANCE = 300;

const hello = {
  implementation: {
    name: 'stripe (npm)', version: versionOf('stripe'), language: 'javascript',
    notes: `npm package; tolerance ${TOLERANCE} s`,
  },
  suites: ['stripe-webhook'],
};

await serve(hello, ({ op, secret, fields, token, now }) => {
  if (op === 'sign') {
    return { token: webhooks.generateTestHeaderString({ secret, ...fields }) };
  }
  try {
    webhooks.signature.verifyHeader(fields.payload, token, secret, TOLERANCE, undefined, now * 1000);
    return { outcome: 'accept' };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return { outcome: 'reject' };
    throw error;
  }
});
