// Connects macproof to your code: `macproof run` builds and starts it, as macproof.yaml says.
// Each line on stdin and stdout is one JSON object: print nothing else to stdout.

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.*;
import java.security.MessageDigest;
import java.util.*;
{%- if computed %}
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
{%- endif %}

public final class Adapter {

    // ---- Yours: fill in ------------------------------------------------------------------------
    // It works as generated, so the first run passes, but it tests none of your code until sign and
    // verify call it. Then remove tokenOf.

    /** Throw this if your code refuses an input with a documented exception. */
    static final class Refused extends RuntimeException {
        Refused(String reason) { super(reason); }
    }
{%- if left %}

    /** Not implemented yet. */
    static final class FillIn extends RuntimeException {
        FillIn(String what) { super(what); }
    }
{%- endif %}

    /** The token of these fields, as in: return Acme.sign(secret, fields.get("{{ field }}")) */
    static String sign(String suite, String secret, Map<String, String> fields) throws Exception {
        return tokenOf(suite, secret, fields);
    }

    /**
     * Whether the token is accepted for these fields, at the time now in Unix seconds. False if
     * your code throws its documented exception for a bad signature; let any other exception
     * propagate.
     */
    static boolean verify(
            String suite, String secret, Map<String, String> fields, String token, long now)
            throws Exception {
{%- for s in suites %}{% if let Some(carried) = s.carried %}
        if (suite.equals("{{ s.name }}")) {
            int at = token.lastIndexOf("{{ carried.separator }}");
            // The time stays text: parseLong also takes "+7" and "007".
            String time = at < 0 ? token : token.substring(at + {{ carried.separator.len() }});
            if (!time.matches("0|[1-9][0-9]*")) return false;
            fields = new HashMap<>(fields);
            fields.put("{{ carried.field }}", time);
        }
{%- endif %}{% endfor %}
        String expected = tokenOf(suite, secret, fields);
        return MessageDigest.isEqual(expected.getBytes(UTF_8), token.getBytes(UTF_8));
    }

    static String tokenOf(String suite, String secret, Map<String, String> fields)
            throws Exception {
        if (secret == null || secret.isEmpty()) throw new Refused("there is no secret");
        return switch (suite) {
{%- for s in suites %}
{%- if let Some(token) = s.token %}
            case "{{ s.name }}" ->
                {{ token|indent(16) }};
{%- else %}
            case "{{ s.name }}" ->
                throw new FillIn("fill in sign and verify of {{ s.name }} in {{ path }}");
{%- endif %}{% endfor %}
            default -> throw new IllegalArgumentException(suite);
        };
    }
{% if computed %}
    static byte[] mac(String secret, String message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        return mac.doFinal(message.getBytes(UTF_8));
    }
{% endif %}{% if hex %}
    static String hex(byte[] mac) { return HexFormat.of().formatHex(mac); }
{% endif %}
    // ---- The adapter: set your name and version, and keep the rest -----------------------------

    static final Map<String, Object> HELLO = Map.of(
        "protocol", 1,
        "implementation", Map.of("name", "{{ implementation }}", "version", "0", "language", "java"),
        "suites", List.of({{ names }}),
        "ops", List.of("sign", "verify"), // take out what your code does not do
        "inputs", List.of("text"), // not "number": the fields here are strings
        "max_in_flight", 64);

    /** Nothing here depends on the locale: Java 17 takes its default charset from there. */
    public static void main(String[] arguments) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, US_ASCII);
        for (String line; (line = in.readLine()) != null; ) {
            var request = (Map<?, ?>) Json.read(line);
            if ("bye".equals(request.get("op"))) break;
            var answer = new LinkedHashMap<String, Object>();
            if (request.containsKey("id")) answer.put("id", request.get("id"));
            answer.putAll("hello".equals(request.get("op")) ? HELLO : answer(request));
            out.print(Json.write(answer) + "\n");
            out.flush();
        }
    }

    static Map<String, ?> answer(Map<?, ?> request) {
        String suite = (String) request.get("suite"), secret = (String) request.get("secret");
        var fields = new HashMap<String, String>();
        ((Map<?, ?>) request.get("fields"))
            .forEach((name, value) -> fields.put((String) name, String.valueOf(value)));
{%- for s in suites %}{% if let Some(per) = s.per %}
        if (suite.equals("{{ s.name }}")) {
            var secrets = (Map<?, ?>) request.get("secrets");
            secret = (String) secrets.get(fields.get("{{ per }}"));
        }
{%- endif %}{% endfor %}
        try {
            if (request.get("op").equals("sign")) {
                return Map.of("token", sign(suite, secret, fields));
            }
            String token = (String) request.get("token");
            long now = (Long) request.get("now");
            long repeat = request.get("repeat") instanceof Long times ? times : 1;
            boolean last = false;
            int accepted = 0;
            for (long i = 0; i < repeat; i++) {
                if (last = verify(suite, secret, fields, token, now)) accepted++;
            }
            return Map.of("outcome", last ? "accept" : "reject", "accepted", accepted);
        } catch (Refused refused) {
            return Map.of("refused", refused.getMessage());
{%- if left %}
        } catch (FillIn missing) {
            return Map.of("unsupported", missing.getMessage());
{%- endif %}
        } catch (Exception exception) {
            String kind = exception.getClass().getSimpleName();
            return Map.of("threw", kind + ": " + exception.getMessage());
        }
    }
}

/** JSON, as much as one line of the protocol needs: Java's standard library has none. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) { this.text = text; }

    static Object read(String text) { return new Json(text).value(); }

    static String write(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Json::write).toList().toString();
        }
        if (value instanceof Map<?, ?> map) {
            var members = new StringJoiner(",", "{", "}");
            map.forEach((name, member) -> members.add(write(name) + ":" + write(member)));
            return members.toString();
        }
        if (!(value instanceof String string)) return String.valueOf(value);
        var quoted = new StringBuilder("\"");
        for (char c : string.toCharArray()) {
            boolean isPlain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
            quoted.append(isPlain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return quoted.append('"').toString();
    }

{% include "JsonReader.java" %}
}
