// `@shopify/shopify-api`: webhooks.validate, which reads the headers of a request; nothing signs.
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import { serve, versionOf } from '../adapter.mjs';

const hello = {
  implementation: {
    name: '@shopify/shopify-api', version: versionOf('@shopify/shopify-api'),
    language: 'javascript', notes: 'npm package; webhooks.validate',
  },
  suites: ['shopify-webhook'],
  ops: ['verify'],
};

const HEADERS = {
  'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': 'example.myshopify.com',
  'x-shopify-api-version': '2026-07', 'x-shopify-webhook-id': '1',
};

await serve(hello, async ({ secret, fields, token }) => {
  const shopify = shopifyApi({
    apiKey: 'key', apiSecretKey: secret, hostName: 'example.com', isEmbeddedApp: true,
    apiVersion: ApiVersion.July26, logger: { level: LogSeverity.Error },
  });
  const headers = { ...HEADERS, 'x-shopify-hmac-sha256': token };
  const rawRequest = { method: 'POST', url: '/', headers };
  const { valid, reason } = await shopify.webhooks.validate({ rawBody: fields.payload, rawRequest });
  return valid ? { outcome: 'accept' } : { outcome: 'reject', code: reason };
});
