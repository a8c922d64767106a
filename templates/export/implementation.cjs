{% include "export/js_head.txt" %}
{%- if let Some(_) = code.token %}
const { createHmac, timingSafeEqual } = require('node:crypto');
{%- endif %}
{% include "export/implementation.js" %}

module.exports = { INPUTS, OPS, Refused, sign, verify };
