{%- if let Some(package) = package %}package {{ package }};

{% endif -%}
// The vectors of {{ name }}, asked of {{ camel }}Implementation.java.
//
// Generated; do not edit. To bring it up to date:
// {{ again }}
// A failed `must` fails, a failed `should` is aborted; MACPROOF_LEVEL=should lets it fail.

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class {{ camel }}VectorsTest {

    /** From the working folder of the tests, which is that of the module. */
    private static final Path FILE = Path.of({{ self.data_in_java() }});

    private static final List<String> OPS =
        Stream.of("sign", "verify").filter({{ camel }}Implementation.OPS::contains).toList();

    private record Answer(String outcome, String what) {}

    @Test
    void somethingIsAsked() {
        assertFalse(
            OPS.isEmpty(),
            "fill in sign and verify in {{ camel }}Implementation.java, "
                + "and name them in its OPS");
    }

    @TestFactory
    Stream<DynamicTest> vectors() throws IOException {
        Map<?, ?> vectors = (Map<?, ?>) {{ camel }}Json.read(Files.readString(FILE, UTF_8));
        Map<?, ?> requirements = (Map<?, ?>) vectors.get("requirements");
        return ((List<?>) vectors.get("cases")).stream()
            .map(one -> (Map<?, ?>) one)
            .filter(one -> !one.get("level").equals("may"))
            .filter(one -> OPS.contains(((Map<?, ?>) one.get("request")).get("op")))
            .map(one -> test(one, requirements));
    }

    private static DynamicTest test(Map<?, ?> one, Map<?, ?> requirements) {
        return DynamicTest.dynamicTest((String) one.get("id"), () -> check(one, requirements));
    }

    private static void check(Map<?, ?> one, Map<?, ?> requirements) {
        assumeTrue(
            one.get("input").equals("text"),
            () -> "gives " + one.get("input") + ", which a String cannot be");
        Map<?, ?> expect = (Map<?, ?>) one.get("expect");
        Answer answer = ask((Map<?, ?>) one.get("request"));
        boolean isExpected = ((List<?>) expect.get("outcomes")).contains(answer.outcome)
            && (!answer.outcome.equals("token") || isDue(answer.what, expect));
        if (isExpected) return;
        String why = because(one, requirements, answer);
        boolean isStrict = "should".equals(System.getenv("MACPROOF_LEVEL"));
        boolean fails = one.get("level").equals("must") || isStrict;
        assumeTrue(fails, "warning: " + why);
        Assertions.fail(why);
    }

    /** The outcome of a request, and what comes with it. */
    private static Answer ask(Map<?, ?> request) {
        var fields = texts(request.get("fields"));
{%- if let Some(_) = code.per %}
        var secrets = texts(request.get("secrets"));
{%- else %}
        String secrets = (String) request.get("secret");
{%- endif %}
        try {
            if (request.get("op").equals("sign")) {
                return new Answer("token", {{ camel }}Implementation.sign(secrets, fields));
            }
            String token = (String) request.get("token");
            long now = (Long) request.get("now");
            boolean accepted = {{ camel }}Implementation.verify(secrets, fields, token, now);
            return new Answer(accepted ? "accept" : "reject", null);
        } catch ({{ camel }}Implementation.Refused refused) {
            return new Answer("refused", refused.getMessage());
        } catch (Exception exception) {
            return new Answer("threw", exception.toString());
        }
    }

    /** Texts as they are, and times in decimal. */
    private static Map<String, String> texts(Object members) {
        var texts = new HashMap<String, String>();
        ((Map<?, ?>) members)
            .forEach((name, value) -> texts.put((String) name, String.valueOf(value)));
        return texts;
    }

    private static boolean isDue(String token, Map<?, ?> expect) {
{%- if has_items %}
        if (expect.get("items_in_any_order") instanceof String separator && token != null) {
            return sorted(token, separator).equals(sorted((String) expect.get("token"), separator));
        }
{%- endif %}
        return expect.get("token").equals(token);
    }
{%- if has_items %}

    private static List<String> sorted(String token, String separator) {
        var items = token.split(java.util.regex.Pattern.quote(separator), -1);
        return Stream.of(items).sorted().toList();
    }
{%- endif %}

    /** What went wrong, and which requirement says so. */
    private static String because(Map<?, ?> one, Map<?, ?> requirements, Answer answer) {
        Map<?, ?> expect = (Map<?, ?>) one.get("expect");
        var outcomes = ((List<?>) expect.get("outcomes")).stream().map(String::valueOf);
        String due = String.join(" or ", outcomes.toList());
        var why = new StringBuilder("{{ name }}/" + one.get("id") + ": expected " + due);
        why.append(", got ").append(answer.outcome);
        if (answer.what != null) why.append(": ").append(brief(answer.what));
        Object token = expect.get("token");
        if (token != null) why.append("\n  the token is: ").append(brief(token));
        why.append("\n  asked: ").append(brief(one.get("request")));
        for (Object id : (List<?>) one.get("shows")) {
            Map<?, ?> said = (Map<?, ?>) requirements.get(id);
            Object level = said.get("level"), basis = said.get("basis"), text = said.get("text");
            why.append("\n  %s (%s) %s: %s".formatted(level, basis, id, text));
            if (said.get("where") != null) why.append("\n    ").append(said.get("where"));
        }
        if (one.get("note") != null) why.append("\n  note: ").append(one.get("note"));
        return why.toString();
    }

    private static String brief(Object what) {
        var shown = new StringBuilder();
        for (char c : String.valueOf(what).toCharArray()) {
            if (c < ' ' || c > '~') shown.append("\\u%04x".formatted((int) c));
            else shown.append(c);
        }
        String text = shown.toString();
        if (text.length() <= 400) return text;
        return text.substring(0, 400) + "… (" + text.length() + " characters)";
    }
}

/** JSON, as much as the vectors need: Java's standard library has none. */
final class {{ camel }}Json {
    private final String text;
    private int at;

    private {{ camel }}Json(String text) { this.text = text; }

    static Object read(String text) { return new {{ camel }}Json(text).value(); }

{% include "JsonReader.java" %}
}
