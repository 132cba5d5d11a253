// Live changes never move the list under the cursor: they are counted, and shown when asked for or when all is quiet.
import { Idiomorph } from "idiomorph";
import { hourOf, now, tick } from "./clock.js";
import { isSignIn, partial, refused } from "./net.js";
import { picked, restore } from "./queue.js";
import { announce, say } from "./words.js";

const QUIET_MS = 30_000, POLL_MS = 20_000, TRIES = 3;
const root = document.querySelector("[data-queue][data-live]");
const link = root?.querySelector("[data-live-state]");
const label = root?.querySelector("[data-live-text]");
let waiting = 0, failures = 0, lastTouch = Date.now(), since = now(), poller = 0;

function show(text, lost = false) {
  if (!label) return;
  label.textContent = text;
  label.classList.toggle("lost", lost);
}

function changed(more) {
  waiting += more;
  if (!waiting) return;
  link.textContent = waiting === 1 ? say("change") : say("changes", waiting);
  link.hidden = false;
  announce(link.textContent);
}

async function refresh() {
  const list = document.getElementById("queue-list"), chosen = picked().map((one) => one.closest("tr").id);
  try {
    const answer = await fetch(location.href, { headers: partial("queue-list") });
    if (!answer.ok || isSignIn(answer.url)) { refused(answer.ok ? 401 : answer.status, list); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const held = document.activeElement?.id;
    Idiomorph.morph(list, page.getElementById("queue-list"), { morphStyle: "outerHTML" });
    restore(chosen);
    if (document.activeElement === document.body) document.getElementById(held)?.focus();
    waiting = 0; since = now(); link.hidden = true;
    tick();
  } catch {
    refused(0, list);
  }
}

/** Without a stream: ask how many changes there were since the list was drawn. */
async function poll() {
  if (document.hidden || !root.dataset.poll) return;
  try {
    const address = new URL(root.dataset.poll, location.href);
    address.searchParams.set("since", new Date(since).toISOString());
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    waiting = 0;
    changed((await answer.json()).changes);
    show(say("polling"));
  } catch {
    show(say("lost", hourOf(now())), true);
  }
}

function startPolling() {
  if (poller || !root.dataset.poll) return;
  poller = setInterval(poll, POLL_MS);
  poll();
}

function listen() {
  const source = new EventSource(root.dataset.live);
  source.addEventListener("open", () => { failures = 0; show(say("live")); });
  source.addEventListener("change", ({ data }) => changed(JSON.parse(data || "{}").count ?? 1));
  source.addEventListener("error", () => {
    failures += 1;
    show(say("lost", hourOf(now())), true);
    if (source.readyState === EventSource.CLOSED || failures >= TRIES) { source.close(); startPolling(); }
  });
  addEventListener("pagehide", () => source.close());
}

if (root) {
  link?.addEventListener("click", (event) => { event.preventDefault(); refresh(); });
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => { lastTouch = Date.now(); }, { passive: true });
  setInterval(() => { if (waiting && Date.now() - lastTouch > QUIET_MS && !picked().length && !document.hidden) refresh(); }, 5000);
  if (root.dataset.live) listen(); else startPolling();
}
