// The list: a cursor that moves at once, a preview that follows, a selection.
import htmx, { isSignIn, partial, refused } from "./net.js";
import { isField, keyName } from "./keys.js";
import { announce, say } from "./words.js";

const PREVIEW_AFTER = 120;
const queue = document.querySelector("[data-queue]");
const memory = `cursor:${location.pathname}${location.search}`;
const keysOn = document.documentElement.dataset.keys !== "off";
let wait = 0, request = null, lastPicked = null;

const rows = () => [...queue.querySelectorAll("tr.r")];
const current = () => queue.querySelector("tr.r.cur");
const box = (row) => row?.querySelector("input[type=checkbox]");
export const picked = () => (queue ? [...queue.querySelectorAll("tr.r input:checked")] : []);

/** Load the preview of a row, and leave the older request. */
async function preview(row) {
  const pane = document.getElementById("preview");
  if (!row?.dataset.preview || !pane?.checkVisibility()) return;
  request?.abort();
  request = new AbortController();
  pane.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(row.dataset.preview, { headers: partial("preview"), signal: request.signal });
    if (!answer.ok || isSignIn(answer.url)) { refused(answer.ok ? 401 : answer.status, pane); return; }
    htmx.swap(pane, await answer.text(), { swapStyle: "innerHTML" });
  } catch (error) {
    if (error.name !== "AbortError") refused(0, pane);
  } finally {
    pane.removeAttribute("aria-busy");
  }
}

/** Give one row the cursor: one tab stop for the whole list. */
function mark(row, { focus = true, follow = true } = {}) {
  rows().forEach((one) => {
    one.classList.toggle("cur", one === row);
    one.tabIndex = one === row ? 0 : -1;
    if (keysOn) one.querySelectorAll("a, input").forEach((inner) => { inner.tabIndex = -1; });
  });
  if (!row) return;
  sessionStorage.setItem(memory, row.id);
  if (focus) { row.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  clearTimeout(wait);
  if (follow) wait = setTimeout(() => preview(row), PREVIEW_AFTER);
}

function move(step, extend) {
  const all = rows(), at = all.indexOf(current());
  const to = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
  if (extend) pick(current(), true), pick(to, true);
  mark(to);
}

function pick(row, value) {
  const check = box(row);
  if (!check) return;
  check.checked = value ?? !check.checked;
  count();
}

function count() {
  const text = say("selected", picked().length), out = queue.querySelector("[data-selected]");
  if (!out || out.textContent === text) return;
  out.textContent = text;
  announce(text);
}

function open(row, inTab) {
  if (!row) return;
  if (inTab) window.open(row.dataset.url, "_blank", "noopener");
  else location.assign(row.dataset.url);
}

/** After the list was redrawn: cursor and selection as they were, by number. */
export function restore(chosen = []) {
  rows().forEach((row) => { if (chosen.includes(row.id)) box(row).checked = true; });
  mark(document.getElementById(sessionStorage.getItem(memory) ?? "") ?? current() ?? rows()[0], { focus: false, follow: false });
  count();
}

const MOVES = {
  j: () => move(1), k: () => move(-1), "shift+j": () => move(1, true), "shift+k": () => move(-1, true),
  x: () => pick(current()), enter: () => open(current()),
};

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || isField(event.target) || document.querySelector("dialog:modal, :popover-open")) return;
  const inList = event.target.closest("tr.r") || event.target === document.body, name = keyName(event);
  if ((event.ctrlKey || event.metaKey) && name === "enter" && inList) { event.preventDefault(); open(current(), true); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrows = { arrowdown: 1, arrowup: -1 };
  if (inList && arrows[name]) { event.preventDefault(); move(arrows[name], event.shiftKey); return; }
  if (name === "escape" && picked().length) { event.preventDefault(); picked().forEach((one) => { one.checked = false; }); count(); return; }
  if (name === "enter" ? !inList : !keysOn) return;
  if (MOVES[name]) { event.preventDefault(); MOVES[name](); }
}

function onClick(event) {
  const row = event.target.closest("tr.r");
  if (!row || event.target.closest("a")) return;
  if (event.target.closest(".pick")) {
    if (event.shiftKey && lastPicked) range(lastPicked, row);
    lastPicked = row;
    return;
  }
  if (event.ctrlKey || event.metaKey) { open(row, true); return; }
  mark(row);
  if (!document.getElementById("preview")?.checkVisibility()) open(row);
}

function range(from, to) {
  const all = rows(), [low, high] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  all.slice(low, high + 1).forEach((row) => pick(row, true));
}

if (queue) {
  restore();
  const first = document.querySelector("[data-preview-of]")?.dataset.previewOf;
  if (current() && current().id !== `row-${first}`) preview(current());
  document.addEventListener("keydown", onKey);
  queue.addEventListener("click", onClick);
  queue.addEventListener("dblclick", ({ target }) => open(target.closest("tr.r")));
  queue.addEventListener("change", count);
  queue.addEventListener("reset", () => setTimeout(count));
}
