<?php
// Connects the vectors of {{ name }} to your code. This file is yours: it is never overwritten.
//
{%- if let Some(_) = code.token %}
// It works as generated, so the first run passes, but it tests none of your code until sign and
// verify call it. Then remove tokenOf.
{%- else %}
// Fill in sign and verify, and name them in OPS. How tokens are made, this says:
// macproof suite show {{ name }}
{%- endif %}
declare(strict_types=1);

/** Throw this if your code refuses an input with a documented error. */
final class {{ camel }}Refused extends RuntimeException
{
}

final class {{ camel }}Implementation
{
{%- if let Some(_) = code.token %}
    public const OPS = ['sign', 'verify']; // take out what your code does not do
{%- else %}
    public const OPS = []; // 'sign', 'verify': what you have filled in
{%- endif %}
    public const INPUTS = ['text']; // add 'bytes', 'number' or 'json' if your code is to take those

    /** The token of these fields, as in: return Acme::sign($secret, $fields['{{ field }}']) */
    public static function sign({% if let Some(_) = code.per %}array $secrets{% else %}?string $secret{% endif %}, array $fields): string
    {
{%- if let Some(per) = code.per %}
        $secret = $secrets[$fields['{{ per }}']] ?? null;
{%- endif %}
{%- if let Some(_) = code.token %}
        return self::tokenOf($secret, $fields);
{%- else %}
        throw new LogicException('not filled in');
{%- endif %}
    }

    /**
     * Whether the token is accepted for these fields, at the time $now in Unix seconds. False if
     * your code throws its documented error for a bad signature; let any other error propagate.
     */
    public static function verify(
        {% if let Some(_) = code.per %}array $secrets{% else %}?string $secret{% endif %},
        array $fields,
        mixed $token,
        int $now
    ): bool {
{%- if let Some(per) = code.per %}
        $secret = $secrets[$fields['{{ per }}']] ?? null;
{%- endif %}
{%- if let Some(_) = code.token %}
{%- if let Some(carried) = code.carried %}
        $parts = explode('{{ carried.separator }}', $token);
        $time = end($parts); // stays text: (int) also takes "007" and "7abc"
        if (preg_match('/\A(0|[1-9][0-9]*)\z/', $time) !== 1) { // $ would allow a line feed behind
            return false;
        }
        $fields['{{ carried.field }}'] = $time;
{%- endif %}
        return hash_equals(self::tokenOf($secret, $fields), $token);
{%- else %}
        throw new LogicException('not filled in');
{%- endif %}
    }
{%- if let Some(token) = code.token %}

    private static function tokenOf(?string $secret, array $fields): string
    {
        if ($secret === null || $secret === '') {
            throw new {{ camel }}Refused('there is no secret');
        }
        return {{ token|indent(8) }};
    }
{%- endif %}
}
