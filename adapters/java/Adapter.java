// A macproof adapter for Java 17: the SDK first, the adapter below it, a JSON reader last. Standard library only.
// `java Adapter.java` runs it; nothing in it depends on the locale (Java 17 takes its default charset from there).

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.*;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.*;
import java.util.function.BiPredicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public final class Adapter {

    // ---- The SDK: replace this part by yours ---------------------------------------------------

    /** The documented error for a configuration or an identity that cannot be signed. */
    static final class Refused extends RuntimeException {
        Refused(String reason) { super(reason); }
    }

    static String sign(String system, byte[] secret, byte[] id, long timestamp) throws GeneralSecurityException {
        return tokenOf(system, secret, id, Long.toString(timestamp));
    }

    static boolean verify(String system, byte[] secret, byte[] id, String token) throws GeneralSecurityException {
        String time = token.substring(token.lastIndexOf('-') + 1); // stays text: parseLong takes "+7" and "007", too
        String expected = tokenOf(system, secret, id, time);
        if (system.equals("jimo") && !time.matches("0|[1-9][0-9]*")) return false;
        return equal.test(expected.getBytes(UTF_8), token.getBytes(UTF_8));
    }

    /** Takes as long wherever the two differ; Arrays.equals and String.equals do not. */
    static BiPredicate<byte[], byte[]> equal = MessageDigest::isEqual;

    static String tokenOf(String system, byte[] secret, byte[] id, String time) throws GeneralSecurityException {
        if (secret.length == 0) throw new Refused("the secret is empty");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        mac.update(id);
        return switch (system) {
            case "jimo" -> HexFormat.of().formatHex(mac.doFinal(("-" + time).getBytes(UTF_8))) + "-" + time;
            case "engagespot" -> Base64.getEncoder().encodeToString(mac.doFinal());
            default -> HexFormat.of().formatHex(mac.doFinal());
        };
    }

    // ---- The adapter: one JSON object a line, on stdin and stdout ------------------------------

    static final List<String> SUITES = List.of("jotreview", "prefinery", "jimo", "engagespot", "mtribes");
    static final Map<String, Object> HELLO = Map.of(
        "protocol", 1,
        "implementation", Map.of("name", "macproof-example-java", "version", "1.0.0", "language", "java"),
        "suites", SUITES, "ops", List.of("sign", "verify", "compare"), "clock", "injected",
        "inputs", List.of("text", "bytes", "number", "json"), "max_in_flight", 256);

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 2 && arguments[0].equals("--leak")) equal = Leaks.named(arguments[1]);
        var stdout = new FileOutputStream(FileDescriptor.out);
        var out = new BufferedWriter(new OutputStreamWriter(stdout, US_ASCII), 1 << 16);
        var in = new BufferedReader(new InputStreamReader(new FileInputStream(FileDescriptor.in) {
            @Override public int read(byte[] bytes, int offset, int length) throws IOException {
                out.flush(); // no answer waits for the next request
                return super.read(bytes, offset, length);
            }
        }, US_ASCII));
        for (String line; (line = in.readLine()) != null; ) {
            var request = (Map<?, ?>) Json.read(line);
            if ("bye".equals(request.get("op"))) break;
            var answer = new LinkedHashMap<String, Object>();
            if (request.containsKey("id")) answer.put("id", request.get("id"));
            answer.putAll("hello".equals(request.get("op")) ? HELLO : answer(request));
            out.write(Json.write(answer) + "\n");
        }
        out.flush();
    }

    static Map<String, ?> answer(Map<?, ?> request) {
        String op = (String) request.get("op"), suite = String.valueOf(request.get("suite"));
        int repeat = request.get("repeat") instanceof Long number ? number.intValue() : 1;
        if (op.equals("compare")) {
            return Map.of("equal", compare((String) request.get("left"), (String) request.get("right"), repeat));
        }
        if (!SUITES.contains(suite) || !op.equals("sign") && !op.equals("verify")) {
            return Map.of("unsupported", op + " for " + suite);
        }
        try {
            var fields = request.get("fields") instanceof Map<?, ?> given ? given : Map.of();
            var secrets = request.get("secrets") instanceof Map<?, ?> given ? given : null;
            byte[] secret = bytesOf(secrets != null ? secrets.get(fields.get("platform")) : request.get("secret"));
            byte[] id = bytesOf(fields.get(suite.equals("prefinery") ? "identifier" : "user_id"));
            if (op.equals("sign")) {
                long timestamp = suite.equals("jimo") ? seconds(fields.get("timestamp")) : 0;
                return Map.of("token", sign(suite, secret, id, timestamp));
            }
            // What is no text becomes the empty token, which nothing accepts.
            String token = request.get("token") instanceof String text ? text : "";
            boolean last = false;
            int accepted = 0;
            for (int i = 0; i < repeat; i++) if (last = verify(suite, secret, id, token)) accepted++;
            String outcome = last ? "accept" : "reject";
            return request.containsKey("repeat") ? Map.of("outcome", outcome, "accepted", accepted) : Map.of("outcome", outcome);
        } catch (Refused refused) {
            return Map.of("refused", refused.getMessage());
        } catch (Exception exception) {
            return Map.of("threw", exception.getClass().getSimpleName() + ": " + exception.getMessage());
        }
    }

    /** Eight copies in turn, so that nobody can compare once and remember. */
    static boolean compare(String left, String right, int repeat) {
        byte[][] lefts = new byte[8][];
        for (int i = 0; i < 8; i++) lefts[i] = left.getBytes(UTF_8);
        byte[] other = right.getBytes(UTF_8);
        int equals = 0;
        for (int i = 0; i < repeat; i++) if (equal.test(lefts[i % 8], other)) equals++;
        return equals == repeat;
    }

    /** Text as UTF-8, {"base64": "..."} as its bytes, a whole number as its decimal text. */
    static byte[] bytesOf(Object value) {
        // getBytes would turn a lone surrogate, which has no UTF-8, into a question mark.
        if (value instanceof String text && UTF_8.newEncoder().canEncode(text)) return text.getBytes(UTF_8);
        if (value instanceof Long number) return number.toString().getBytes(UTF_8);
        if (value instanceof Map<?, ?> m && m.get("base64") instanceof String s) return Base64.getDecoder().decode(s);
        throw new Refused("the secret or the identity is missing or not text");
    }

    static long seconds(Object value) {
        if (value instanceof Long number && number >= 0) return number;
        throw new Refused("the timestamp is not a whole number of seconds");
    }
}

/** Planted leaks, for `macproof timing` to find; drop this class. */
final class Leaks {
    static BiPredicate<byte[], byte[]> named(String name) {
        return switch (name) {
            case "early-exit" -> Leaks::earlyExit;
            case "early-exit-raw" -> (one, other) -> earlyExit(raw(one), raw(other)); // over the bytes of the hex
            case "equality" -> (one, other) -> new String(one, UTF_8).equals(new String(other, UTF_8));
            default -> new SlowerWhenTheFirstMatches(
                Long.parseLong(name.substring(0, name.length() - 2)) * (name.endsWith("us") ? 1000 : 1));
        };
    }

    static byte[] raw(byte[] hex) { return HexFormat.of().parseHex(new String(hex, UTF_8)); }

    static boolean earlyExit(byte[] one, byte[] other) {
        for (int i = 0; i < one.length; i++) if (i >= other.length || one[i] != other[i]) return false;
        return one.length == other.length;
    }

    static final class SlowerWhenTheFirstMatches implements BiPredicate<byte[], byte[]> {
        private final long nanoseconds;
        private long owed;

        SlowerWhenTheFirstMatches(long nanoseconds) { this.nanoseconds = nanoseconds; }

        @Override public boolean test(byte[] one, byte[] other) {
            boolean matches = one.length > 0 && other.length > 0 && one[0] == other[0];
            owed += 300 + (matches ? nanoseconds : 0); // all wait: what that costs besides is the same for all
            long start = System.nanoTime(), waited = 0;
            while (waited < owed) waited = System.nanoTime() - start;
            owed = Math.max(owed - waited, -1000); // too long is made up for, unless the system took the time
            return MessageDigest.isEqual(one, other);
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
        if (value instanceof List<?> list) return list.stream().map(Json::write).toList().toString();
        if (value instanceof Map<?, ?> map) {
            var members = new StringJoiner(",", "{", "}");
            map.forEach((name, member) -> members.add(write(name) + ":" + write(member)));
            return members.toString();
        }
        if (!(value instanceof String string)) return String.valueOf(value);
        var quoted = new StringBuilder("\"");
        for (char c : string.toCharArray()) {
            if (c < ' ' || c > '~' || c == '"' || c == '\\') quoted.append(String.format("\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    private Object value() {
        if (taken("{")) {
            var members = new HashMap<String, Object>();
            if (taken("}")) return members;
            do { Object name = value(); expect(":"); members.put((String) name, value()); } while (taken(","));
            expect("}");
            return members;
        }
        if (taken("[")) {
            var items = new ArrayList<Object>();
            if (taken("]")) return items;
            do { items.add(value()); } while (taken(","));
            expect("]");
            return items;
        }
        if (taken("\"")) return string();
        if (taken("null")) return null;
        if (taken("true")) return true;
        if (taken("false")) return false;
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
        String number = text.substring(start, at);
        if (number.matches("-?[0-9]{1,18}")) return Long.valueOf(number);
        return Double.valueOf(number);
    }

    private String string() {
        var string = new StringBuilder();
        for (char c; (c = text.charAt(at++)) != '"'; ) {
            if (c == '\\') {
                c = text.charAt(at++);
                int control = "bfnrt".indexOf(c);
                if (control >= 0) c = "\b\f\n\r\t".charAt(control);
                else if (c == 'u') c = (char) Integer.parseInt(text, at, at += 4, 16);
            }
            string.append(c);
        }
        return string.toString();
    }

    private boolean taken(String token) {
        while (at < text.length() && text.charAt(at) == ' ') at++;
        boolean taken = text.startsWith(token, at);
        if (taken) at += token.length();
        return taken;
    }

    private void expect(String token) {
        if (!taken(token)) throw new IllegalArgumentException("no " + token + " at " + at + " of " + text);
    }
}
