{% include "export/js_head.txt" %}
{%- if let Some(_) = code.token %}
import { createHmac, timingSafeEqual } from 'node:crypto';
{%- endif %}
{% include "export/implementation.js" %}

export { INPUTS, OPS, Refused, sign, verify };
