"use strict";
// JotReview, "Node.js implementation": one endpoint that signs the id of the user who is logged in.
const crypto = require("crypto");

const JOTREVIEW_SECRET = process.env.JOTREVIEW_SECRET_KEY;

function generateSignature(userId) {
  return crypto.createHmac("sha256", JOTREVIEW_SECRET).update(userId).digest("hex");
}

// Who is logged in: a real application looks a session up. Header values arrive as Latin-1.
function userOf(authorization) {
  const found = /^Bearer (.+)$/s.exec(authorization || "");
  return found && Buffer.from(found[1], "latin1").toString("utf8");
}

function withExpress(express) {
  const app = express();
  app.disable("x-powered-by");
  const requireAuth = (req, res, next) => {
    const id = userOf(req.headers.authorization);
    if (!id) return res.status(401).json({ error: "log in first" });
    req.user = { id };
    next();
  };
  app.get("/api/jotreview-signature", requireAuth, (req, res) => {
    res.json({ signature: generateSignature(req.user.id) });
  });
  return app;
}

function withoutExpress() {
  return (req, res) => {
    const answer = (status, body) => {
      res.writeHead(status, { "content-type": "application/json" });
      res.end(JSON.stringify(body));
    };
    if (req.method !== "GET" || req.url !== "/api/jotreview-signature") {
      return answer(404, { error: "nothing here" });
    }
    const id = userOf(req.headers.authorization);
    if (!id) return answer(401, { error: "log in first" });
    answer(200, { signature: generateSignature(id) });
  };
}

let handler;
try {
  handler = withExpress(require("express"));
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  handler = withoutExpress();
}

const server = require("http").createServer(handler);
server.listen(Number(process.env.PORT || 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
