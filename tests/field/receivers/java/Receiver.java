import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A webhook receiver in Java: over the bytes of the body, or over a text read as Latin-1, which is what a reader without a charset does in a servlet. */
public class Receiver {
    public static void main(String[] args) throws Exception {
        boolean wrong = args[0].equals("wrong");
        byte[] secret = System.getenv("HOOK_SECRET").getBytes(StandardCharsets.UTF_8);
        var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1]));
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/hook", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (wrong) {
                body = new String(body, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
            }
            String given = exchange.getRequestHeaders().getFirst("X-Hub-Signature-256");
            boolean same = given != null && MessageDigest.isEqual(
                signed(secret, body).getBytes(StandardCharsets.UTF_8),
                given.getBytes(StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(same ? 200 : 401, -1);
            exchange.close();
        });
        server.start();
    }

    private static String signed(byte[] secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (java.security.GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }
}
