// The vectors of {{ name }}, asked of {{ name }}.implementation.mjs.
//
// Generated; do not edit. To bring it up to date:
// {{ again }}
// A failed `must` fails, a failed `should` is a warning; MACPROOF_LEVEL=should lets it fail.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import * as implementation from './{{ name }}.implementation.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const vectors = JSON.parse(readFileSync(join(here, '{{ snake }}_vectors.json'), 'utf8'));
{% let vitest = true %}{% include "export/body.js" %}
