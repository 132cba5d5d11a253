// A draft is a row on the server, saved one second after the last key and on leaving the field; the browser keeps it
// only while the server cannot be reached. A text is never thrown away here: only a send the server took does that.
import { hourOf, now } from "./clock.js";
import { isSignIn, partial, refused } from "./net.js";
import { say } from "./words.js";

const SAVE_AFTER = 1000, RETRY_AFTER = 5000, KEEP_DAYS = 14, DAY_MS = 86_400_000;
const owner = document.documentElement.dataset.user ?? "";
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Drafts in this browser that nobody came back to go. */
function sweep() {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith("draft:"))) {
    try {
      if (now() - JSON.parse(localStorage.getItem(key)).at > KEEP_DAYS * DAY_MS) localStorage.removeItem(key);
    } catch {
      localStorage.removeItem(key);
    }
  }
}
sweep();

/** What the browser kept while the server was away, newer than what the server has. */
function keptHere(key, servedAt) {
  const kept = localStorage.getItem(key);
  if (!kept) return null;
  const found = JSON.parse(kept);
  return !servedAt || found.at > Date.parse(servedAt) ? found : null;
}

function textBack(kept, read, write) {
  if (!kept.body || kept.body === read().body) return false;
  write(kept.body);
  return true;
}

/**
 * One form with one draft. `read()` gives what to keep, `write(text)` puts a kept text back (or `restore(kept)` all of
 * it, saying whether anything differed), `told(text)` is the line beside the editor. Returns save().
 */
export function keep(form, { read, write, told, restore = (kept) => textBack(kept, read, write) }) {
  const url = form.dataset.draftUrl, key = `draft:${owner}:${url}`;
  let version = Number(form.dataset.draftVersion || 0), timer = 0, running = null, saved = JSON.stringify(read());
  const isSent = () => Boolean(form.dataset.busy);
  const sendKey = () => (form.elements.once ?? form.elements.form_key)?.value ?? "";

  const here = () => {
    localStorage.setItem(key, JSON.stringify({ ...read(), at: now() }));
    told(say("draftlocal"));
    clearTimeout(timer);
    timer = setTimeout(save, RETRY_AFTER);
  };

  async function put(given, keepalive) {
    const body = JSON.stringify({ ...given, version, key: sendKey() });
    const headers = { ...partial(), "Content-Type": "application/json", "X-CSRFToken": token() };
    const answer = await fetch(url, { method: "PUT", body, headers, keepalive });
    if (answer.status === 412) {
      version = (await answer.json()).version ?? 0;
      told(say("drafttwice"));
      saved = "";
      return;
    }
    if (answer.status === 401 || isSignIn(answer.url)) refused(401, form, save);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const said = await answer.json();
    if (said.is_sent) return;
    version = said.version;
    saved = JSON.stringify(given);
    localStorage.removeItem(key);
    told(version ? say("draft", hourOf(Date.parse(said.at))) : "");
  }

  async function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    if (isSent()) return;
    if (running) { await running; }
    const given = read();
    if (JSON.stringify(given) === saved || isSent()) return;
    running = put(given, keepalive).catch(here).finally(() => { running = null; });
    await running;
  }

  const kept = keptHere(key, form.dataset.draftAt);
  if (kept && restore(kept)) timer = setTimeout(save, 0);
  else if (kept === null) localStorage.removeItem(key);
  if (version) told(say("draft", hourOf(Date.parse(form.dataset.draftAt))));

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, SAVE_AFTER); });
  form.addEventListener("focusout", () => { if (!isSent()) save(); });
  addEventListener("online", () => save());
  addEventListener("pagehide", () => {
    if (isSent() || JSON.stringify(read()) === saved) return;
    localStorage.setItem(key, JSON.stringify({ ...read(), at: now() }));
    save({ keepalive: true });
  });
  // The text stays in this browser until the server has answered with a page of work: a sign-in may stand in between.
  form.addEventListener("submit", () => {
    localStorage.setItem(key, JSON.stringify({ ...read(), at: now() }));
    sessionStorage.setItem(`sent:${key}`, "1");
  });
  return { save };
}

/** A sent text is forgotten when the server has answered with a page of work: not on the way back from a lost line. */
export function forgetSent() {
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const isStopped = Boolean(document.querySelector(".gate"));
  for (const flag of Object.keys(sessionStorage).filter((one) => one.startsWith("sent:"))) {
    sessionStorage.removeItem(flag);
    if (!isBack && !isStopped) localStorage.removeItem(flag.slice("sent:".length));
  }
}

/** A single text field that is kept in this browser only: pages without a login of the desk. */
export function keepLocally(area) {
  const key = `draft:${owner}:${area.dataset.draft}:text`, kept = localStorage.getItem(key);
  if (kept && !area.value) area.value = JSON.parse(kept).text ?? "";
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    if (area.value.trim()) localStorage.setItem(key, JSON.stringify({ text: area.value, at: now() }));
    else localStorage.removeItem(key);
  };
  area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, SAVE_AFTER); });
  area.addEventListener("blur", save);
  addEventListener("pagehide", () => { if (!area.form.dataset.busy) save(); });
  area.form.addEventListener("submit", () => { save(); sessionStorage.setItem(`sent:${key}`, "1"); });
}
