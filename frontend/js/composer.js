// Reply and note are two editors with two texts. No line here reads one and writes the other.
import { hourOf, now } from "./clock.js";
import { say } from "./words.js";

const SAVE_AFTER = 600, KEEP_DAYS = 14, DAY_MS = 86_400_000;
const owner = document.documentElement.dataset.user ?? "";
const keyOf = (record, kind) => `draft:${owner}:${record}:${kind}`;

/**
 * A sent text is forgotten when the server has answered with a page of work: not on the way back from a lost
 * line, and not when signing in or an error stands in between.
 */
function forgetSent() {
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const isStopped = Boolean(document.querySelector(".gate"));
  for (const flag of Object.keys(sessionStorage).filter((one) => one.startsWith("sent:"))) {
    sessionStorage.removeItem(flag);
    if (!isBack && !isStopped) localStorage.removeItem(flag.slice("sent:".length));
  }
}

/** Drafts that nobody came back to go. */
function sweep() {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith("draft:"))) {
    try {
      if (now() - JSON.parse(localStorage.getItem(key)).at > KEEP_DAYS * DAY_MS) localStorage.removeItem(key);
    } catch {
      localStorage.removeItem(key);
    }
  }
}

function read(key) {
  const kept = localStorage.getItem(key);
  return kept ? JSON.parse(kept) : null;
}

/** One text field with one draft under one name. */
function keep(area, key, told) {
  const kept = read(key);
  if (kept && !area.value) { area.value = kept.text; told(kept.at); }
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    if (area.value.trim()) { localStorage.setItem(key, JSON.stringify({ text: area.value, at: now() })); told(now()); }
    else localStorage.removeItem(key);
  };
  area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, SAVE_AFTER); });
  area.addEventListener("blur", save);
  addEventListener("pagehide", () => { if (!area.form.dataset.busy) save(); });
  area.form.addEventListener("submit", () => { save(); sessionStorage.setItem(`sent:${key}`, "1"); });
}

function start(composer) {
  const state = composer.querySelector("[data-draft-state]");
  const told = (at) => { if (state) state.textContent = say("draft", hourOf(at)); };
  const editor = (kind) => composer.querySelector(`form[data-editor="${kind}"]`);
  const opener = (kind) => composer.querySelector(`[data-compose="${kind}"]`);

  const open = (kind, focus = true) => {
    composer.dataset.open = kind;
    for (const link of composer.querySelectorAll("[data-compose]")) {
      const isOpen = link.dataset.compose === kind;
      editor(link.dataset.compose).hidden = !isOpen;
      if (isOpen) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
    const area = kind && editor(kind).querySelector("textarea");
    if (area && focus) { area.focus(); area.setSelectionRange(area.value.length, area.value.length); }
  };

  for (const form of composer.querySelectorAll("form[data-editor]")) {
    keep(form.querySelector("textarea"), keyOf(composer.dataset.composer, form.dataset.editor), told);
  }
  composer.addEventListener("click", (event) => {
    const link = event.target.closest("[data-compose]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(link.dataset.compose);
  });
  composer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !composer.dataset.open) return;
    event.preventDefault();
    const was = composer.dataset.open;
    open("");
    opener(was).focus();
  });
  const asked = composer.dataset.open;
  const unfinished = ["reply", "note"].find((kind) => editor(kind)?.querySelector("textarea").value.trim());
  if (asked || unfinished) open(asked || unfinished, Boolean(asked) && !composer.querySelector("[data-focus]"));
}

forgetSent();
sweep();
document.querySelectorAll("[data-composer]").forEach(start);
document.querySelectorAll("textarea[data-draft]").forEach((area) => keep(area, keyOf(area.dataset.draft, "text"), () => {}));

// A conversation opens at its end, unless the address names a message.
const stream = document.querySelector("[data-stream]");
if (stream && !/^#message-/.test(location.hash)) stream.scrollTop = stream.scrollHeight;
