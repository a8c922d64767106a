{%- if let Some(package) = package %}package {{ package }};

{% endif -%}
// This connects the vectors of {{ name }} to your code. It is yours: it is never overwritten.
//
{%- if let Some(_) = code.token %}
// It works as generated, so the first run passes, but it tests none of your code until sign and
// verify call it. Then remove tokenOf.

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
{%- else %}
// Fill in sign and verify, and name them in OPS. How tokens are made, this says:
// macproof suite show {{ name }}

import java.util.*;
{%- endif %}

final class {{ camel }}Implementation {
{%- if let Some(_) = code.token %}
    static final List<String> OPS = List.of("sign", "verify"); // what your code does
{%- else %}
    static final List<String> OPS = List.of(); // "sign", "verify": what you have filled in
{%- endif %}

    /** Throw this if your code refuses an input with a documented exception. */
    static final class Refused extends RuntimeException {
        Refused(String reason) { super(reason); }
    }

    /** The token of these fields, as in: return Acme.sign(secret, fields.get("{{ field }}")) */
{%- if let Some(per) = code.per %}
    static String sign(Map<String, String> secrets, Map<String, String> fields) throws Exception {
        String secret = secrets.get(fields.get("{{ per }}"));
{%- else %}
    static String sign(String secret, Map<String, String> fields) throws Exception {
{%- endif %}
{%- if let Some(_) = code.token %}
        return tokenOf(secret, fields);
{%- else %}
        throw new UnsupportedOperationException("not filled in");
{%- endif %}
    }

    /**
     * Whether the token is accepted for these fields, at the time now in Unix seconds. False if
     * your code throws its documented exception for a bad signature; let any other exception
     * propagate.
     */
{%- if let Some(per) = code.per %}
    static boolean verify(
            Map<String, String> secrets, Map<String, String> fields, String token, long now)
            throws Exception {
        String secret = secrets.get(fields.get("{{ per }}"));
{%- else %}
    static boolean verify(
            String secret, Map<String, String> fields, String token, long now) throws Exception {
{%- endif %}
{%- if let Some(_) = code.token %}
{%- if let Some(carried) = code.carried %}
        int at = token.lastIndexOf("{{ carried.separator }}");
        // The time stays text: parseLong also takes "+7" and "007".
        String time = at < 0 ? token : token.substring(at + {{ carried.separator.len() }});
        if (!time.matches("0|[1-9][0-9]*")) return false;
        fields = new HashMap<>(fields);
        fields.put("{{ carried.field }}", time);
{%- endif %}
        String expected = tokenOf(secret, fields);
        return MessageDigest.isEqual(expected.getBytes(UTF_8), token.getBytes(UTF_8));
{%- else %}
        throw new UnsupportedOperationException("not filled in");
{%- endif %}
    }
{%- if let Some(token) = code.token %}

    private static String tokenOf(String secret, Map<String, String> fields) throws Exception {
        if (secret == null || secret.isEmpty()) throw new Refused("there is no secret");
        return {{ token|indent(8) }};
    }

    private static byte[] mac(String secret, String message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        return mac.doFinal(message.getBytes(UTF_8));
    }
{%- if code.is_hex %}

    private static String hex(byte[] mac) { return HexFormat.of().formatHex(mac); }
{%- endif %}
{%- endif %}
}
