// The vectors of {{ name }}, asked of {{ name }}.implementation.cjs.
//
// Generated; do not edit. To bring it up to date:
// {{ again }}
// A failed `must` fails, a failed `should` is a warning; MACPROOF_LEVEL=should lets it fail.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const implementation = require('./{{ name }}.implementation.cjs');

const vectors = JSON.parse(readFileSync(join(__dirname, '{{ snake }}_vectors.json'), 'utf8'));
{% let vitest = false %}{% include "export/body.js" %}
