// One address for the browser on this machine: /live/ goes to the process of streams, everything else to the pages.
// Bodies are piped both ways, nothing is buffered, so a stream of events arrives line by line. In production a proxy
// with TLS stands here instead (docker-compose.yml).
import http from "node:http";
import { pipeline } from "node:stream";

const [port, pages, streams] = ["PORT", "PAGES_PORT", "STREAMS_PORT"].map((name) => Number(process.env[name]));
const agent = new http.Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 16, timeout: 0 });

// Headers that belong to one connection, and those by which a visitor could claim to be somebody else.
const DROPPED = new Set([
  "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade",
  "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip",
]);

// The feed for programs, where it may wait for news.
const WAITING = /^\/api\/v1\/events\/\?(.*&)?wait=[1-9]/;

function kept(raw, alsoDropped = []) {
  const headers = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toLowerCase();
    if (!DROPPED.has(name) && !alsoDropped.includes(name)) headers.push(raw[i], raw[i + 1]);
  }
  return headers;
}

function refuse(request, response, status, title) {
  if (response.headersSent) return response.destroy();
  const isApi = request.url.startsWith("/api/");
  const body = isApi ? JSON.stringify({ type: "about:blank", title, status }) : title;
  response.writeHead(status, {
    "Content-Type": isApi ? "application/problem+json" : "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    ...(status === 503 ? { "Retry-After": "2" } : {}),
  });
  response.end(body);
}

function forward(request, response, isRepeated = false) {
  const headers = kept(request.rawHeaders);
  headers.push("X-Forwarded-For", request.socket.remoteAddress.replace(/^::ffff:/, ""), "X-Forwarded-Proto", "http");
  const isStream = request.url.startsWith("/live/") || WAITING.test(request.url);
  const hasBody = "content-length" in request.headers || "transfer-encoding" in request.headers;
  const onward = http.request({
    host: "127.0.0.1", port: isStream ? streams : pages, method: request.method, path: request.url, headers, agent,
  });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.statusMessage, kept(answer.rawHeaders, ["transfer-encoding", "server"]));
    response.flushHeaders();
    pipeline(answer, response, () => {});
  });
  onward.on("error", (error) => {
    if (response.destroyed || response.writableEnded) return;
    // A connection kept alive may have been closed by the other side at this very moment.
    if (onward.reusedSocket && error.code === "ECONNRESET" && !hasBody && !isRepeated && !response.headersSent) {
      forward(request, response, true);
      return;
    }
    refuse(request, response, 503, "The service desk is starting or busy. Try again in a few seconds.");
  });
  response.on("close", () => { if (!response.writableFinished) onward.destroy(); });
  if (hasBody) pipeline(request, onward, () => {});
  else onward.end();
}

function listen(host, isNeeded) {
  const server = http.createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000 }, (request, response) => {
    try {
      forward(request, response);
    } catch {
      refuse(request, response, 400, "The request cannot be read.");
    }
  });
  server.on("error", (error) => {
    if (!isNeeded && ["EAFNOSUPPORT", "EADDRNOTAVAIL"].includes(error.code)) return;
    console.error(`${host}:${port}: ${error.message}`);
    process.exit(1);
  });
  server.listen(port, host);
}

// "localhost" means either of the two to a browser.
listen("127.0.0.1", true);
listen("::1", false);
