import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A webhook receiver with the JDK's own server: Receiver MODE PORT. */
public final class Receiver {
    public static void main(String[] args) throws Exception {
        String mode = args[0];
        byte[] secret = System.getenv("HOOK_SECRET").getBytes(StandardCharsets.UTF_8);
        HttpServer server =
                HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), 64);
        server.createContext("/hook", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (mode.equals("latin-1")) {
                body = new String(body, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
            } else if (mode.equals("trim")) {
                body = new String(body, StandardCharsets.UTF_8).trim().getBytes(StandardCharsets.UTF_8);
            } else if (mode.equals("ascii")) {
                // What a StringBuilder and getBytes do under a locale without UTF-8.
                body = new String(body, StandardCharsets.UTF_8).getBytes(StandardCharsets.US_ASCII);
            }
            String due;
            try {
                String name = mode.equals("sha1") ? "HmacSHA1" : "HmacSHA256";
                Mac mac = Mac.getInstance(name);
                mac.init(new SecretKeySpec(secret, name));
                HexFormat hex = mode.equals("upper") ? HexFormat.of().withUpperCase() : HexFormat.of();
                due = "sha256=" + hex.formatHex(mac.doFinal(body));
            } catch (java.security.GeneralSecurityException error) {
                throw new IllegalStateException(error);
            }
            String given = exchange.getRequestHeaders().getFirst("X-Hub-Signature-256");
            boolean same = given != null
                    && MessageDigest.isEqual(
                            due.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(same ? 200 : 401, -1);
            exchange.close();
        });
        server.start();
    }
}
