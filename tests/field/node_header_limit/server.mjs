// A sound back end on Node's own server, which takes headers of 16 KiB and closes on more. With the
// argument "dies" it ends on such a header instead, and is started again at once.
import http from "node:http"; import crypto from "node:crypto"; import cluster from "node:cluster";
const dies = process.argv[2] === "dies";
if (dies && cluster.isPrimary) {
  cluster.on("exit", () => cluster.fork({ PORT: port })); let port = 0;
  cluster.fork({ PORT: 0 }).on("message", (said) => { port = said; });
} else {
  const server = http.createServer((req, res) => {
    const u = new URL(req.url, "http://x").searchParams.get("u") ?? ""; req.resume();
    const want = Buffer.from(crypto.createHmac("sha256", process.env.S).update(u).digest("hex")), got = Buffer.from(req.headers["x-sig"] ?? "", "latin1");
    res.writeHead(got.length === want.length && crypto.timingSafeEqual(got, want) ? 200 : 401).end();
  });
  if (dies) server.on("clientError", () => process.exit(1));
  server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    const { port } = server.address();
    if (process.send) process.send(port);
    console.log(port);
  });
}
