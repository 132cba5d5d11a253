// The stream of changes, for a page in sight. A page out of sight holds none: a browser keeps few connections to one
// server, and sixty tickets in tabs would stop each other. Seen again it asks what changed, then listens. Where the
// stream is lost the page asks every 20 s, and tries the stream again every minute.
const TRIES = 3, ASK_MS = 20_000, AGAIN_MS = 60_000;

/**
 * `heard(news)` is told of a change, `told(state)` of the link: "live", "polling", "lost". `ask()` looks at what changed
 * since the last time and rejects where the server does not answer; null: there is nothing to ask.
 */
export function follow(url, { heard, ask, told = () => {} }) {
  let source = null, failures = 0, asking = 0, again = 0, isBehind = false;

  const look = () => ask?.().then(() => { isBehind = false; if (!source && asking) told("polling"); }).catch(() => told("lost"));
  const rest = () => { clearInterval(asking); clearInterval(again); asking = again = 0; };
  const close = () => { source?.close(); source = null; };

  function poll() {
    close();
    isBehind = true;
    if (asking || document.hidden) return;
    if (ask) { asking = setInterval(look, ASK_MS); look(); }
    if (url) again = setInterval(open, AGAIN_MS);
  }

  function open() {
    close();
    const mine = source = new EventSource(url);
    mine.addEventListener("open", () => {
      failures = 0;
      rest();
      told("live");
      if (isBehind) look();
    });
    mine.addEventListener("change", ({ data }) => heard(JSON.parse(data || "{}")));
    mine.addEventListener("error", () => {
      failures += 1;
      if (!asking) told("lost");
      if (mine.readyState === EventSource.CLOSED || failures >= TRIES) poll();
    });
  }

  const start = () => { if (url) open(); else poll(); };
  const stop = () => { rest(); close(); isBehind = true; failures = 0; };
  document.addEventListener("visibilitychange", () => { stop(); if (!document.hidden) start(); });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", ({ persisted }) => { if (persisted && !document.hidden) start(); });
  if (!document.hidden) start();
}
