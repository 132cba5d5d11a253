// The list: a cursor that moves at once, a preview that follows, a selection, the keys of a row.
import { isField, isModified, keyName } from "./keys.js";
import { copy } from "./copy.js";
import { address, box, current, numberOf, picked, queue, quiet, rows } from "./list.js";
import { more } from "./more.js";
import { isSignIn, partial, refused } from "./net.js";
import { openPicker, saveAt } from "./picker.js";
import { compose, follow, shown, toggle } from "./preview.js";
import { mark as markRead } from "./reading.js";
import { toast } from "./toasts.js";
import { announce, say } from "./words.js";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const memory = `cursor:${location.pathname}${location.search}`;
const keysOn = document.documentElement.dataset.keys !== "off";
const works = queue?.hasAttribute("data-works");
const isWide = () => innerWidth > 760;
let lastPicked = null;

/** Give one row the cursor. */
function mark(row, { focus = true, isFollowed = true } = {}) {
  rows().forEach((one, index) => {
    one.classList.toggle("cur", one === row);
    one.tabIndex = one === row ? 0 : -1;
    one.setAttribute("aria-rowindex", index + 2);
    quiet(one);
  });
  if (!row) return;
  sessionStorage.setItem(memory, row.id);
  if (focus) { row.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  if (isFollowed) follow(row);
}

function moveTo(row) {
  const was = current();
  if (was) { was.classList.remove("cur"); was.tabIndex = -1; }
  row.classList.add("cur");
  row.tabIndex = 0;
  sessionStorage.setItem(memory, row.id);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  follow(row);
}

function move(step, extend) {
  const all = rows(), at = all.indexOf(current());
  const to = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
  if (!to) return;
  if (extend) { pick(current(), true); pick(to, true); }
  moveTo(to);
  if (all.length - at < 20) more();
}

function pick(row, value) {
  const check = box(row);
  if (!check) return;
  check.checked = value ?? !check.checked;
  if (!check.checked && all()) all().checked = false;
  count();
}

const all = () => queue.querySelector("[data-all]");

/** How many are meant: the marked rows, or all that the view holds. */
function count() {
  const many = all()?.checked ? Number(all().dataset.all).toLocaleString(document.documentElement.lang) : picked().length;
  const text = say("selected", many), out = queue.querySelector("[data-selected]");
  if (!out || out.textContent === text) return;
  out.textContent = text;
  announce(text);
}

/** All of the view marks the rows that are there; one mark less is no longer all of it. */
function onChange({ target }) {
  if (target === all()) rows().forEach((row) => { box(row).checked = target.checked; });
  else if (target.matches("tr.r input") && !target.checked && all()) all().checked = false;
  count();
}

function open(row, inTab) {
  const url = row?.querySelector("a.sub").href;
  if (!url) return;
  if (inTab) window.open(url, "_blank", "noopener");
  else location.assign(url);
}

/** After the list was redrawn: cursor and selection as they were, by number. */
export function restore(chosen = []) {
  rows().forEach((row) => { if (chosen.includes(row.id)) box(row).checked = true; });
  mark(document.getElementById(sessionStorage.getItem(memory) ?? "") ?? current() ?? rows()[0], { focus: false, isFollowed: false });
  count();
}

const page = (row) => address("ticketBase", numberOf(row)).replace(/\?.*$/, "");

/** The macros of the preview where its composer is in sight, else those of the ticket's own page. */
function macros(row) {
  const opener = document.querySelector("#preview [data-macro-open]");
  if (opener?.checkVisibility()) opener.click(); else location.assign(`${page(row)}macros/`);
}

/** Watch the ticket of a row; the toast takes it back. */
async function watch(row) {
  const answer = await fetch(`${page(row)}watch/`, { method: "POST", body: new URLSearchParams({ quiet: "1" }), headers: { ...partial(), "X-CSRFToken": token() } }).catch(() => null);
  if (!answer?.ok || isSignIn(answer.url)) { refused(answer ? (answer.ok ? 401 : answer.status) : 0, row); return; }
  const told = await answer.json();
  toast(told.said, told.undo);
}

/** The dialog of a verb, for the row of the cursor. */
function dialog(tail, query = "") {
  const link = Object.assign(document.createElement("a"), { href: `${page(current())}${tail}${query && `?${query}`}`, hidden: true });
  link.dataset.dialog = "";
  document.body.append(link);
  link.click();
  link.remove();
}

const onRow = (deed) => () => { if (current()) deed(current()); };
const MOVES = {
  j: () => move(1), k: () => move(-1), "shift+j": () => move(1, true), "shift+k": () => move(-1, true),
  x: onRow((row) => pick(row)), enter: onRow((row) => open(row)), u: onRow((row) => markRead(row, false)),
  y: onRow((row) => copy(new URL(row.querySelector("a.sub").href).href.split("?")[0])), "mod+enter": onRow((row) => open(row, true)),
};
const WORK = {
  a: onRow((row) => openPicker("assignee", row)), s: onRow((row) => openPicker("status", row)),
  p: onRow((row) => openPicker("priority", row)), t: onRow((row) => openPicker("team", row)),
  "shift+a": onRow((row) => saveAt(row, "assignee", document.documentElement.dataset.user, "")),
  e: onRow(() => dialog("do/resolve/")), h: onRow(() => dialog("do/hold/")), l: onRow(() => dialog("link/")),
  d: onRow(() => dialog("do/merge/")), m: onRow(macros), w: onRow(watch),
  v: onRow((row) => openPicker("service", row)), i: onRow(() => dialog("change/", "only=items")),
  r: onRow((row) => compose(row, "reply")), n: onRow((row) => compose(row, "note")),
};

/** Before the page's own keys: what is meant for the row of the cursor. With a selection the toolbar answers. */
function onKey(event) {
  if (event.defaultPrevented || event.isComposing || isField(event.target) || document.querySelector("dialog:modal, :popover-open")) return;
  const inList = event.target.closest("tr.r") || event.target === document.body, name = keyName(event);
  if ((event.ctrlKey || event.metaKey) && name === "enter" && inList) { event.preventDefault(); open(current(), true); return; }
  if (isModified(event)) return;
  const arrows = { arrowdown: 1, arrowup: -1 };
  const take = (deed) => { event.preventDefault(); deed(); };
  if (inList && arrows[name]) { take(() => move(arrows[name], event.shiftKey)); return; }
  if (name === "escape" && picked().length) { take(() => { picked().forEach((one) => { one.checked = false; }); if (all()) all().checked = false; count(); }); return; }
  if (name === "enter" ? !inList : !keysOn) return;
  if (name === "space" && !event.target.matches("a, button, summary, input")) { if (queue.querySelector("[data-split]")) take(toggle); return; }
  if (MOVES[name]) take(MOVES[name]);
  else if (works && WORK[name] && !picked().length) take(WORK[name]);
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
  const cell = event.target.closest("[data-pick]");
  moveTo(row);
  if (cell && works && isWide()) { openPicker(cell.dataset.pick, row); return; }
  if (!shown()) open(row);
}

function range(from, to) {
  const all = rows(), [low, high] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  all.slice(low, high + 1).forEach((row) => pick(row, true));
}

if (queue) {
  restore();
  const first = document.querySelector("[data-preview-of]")?.dataset.previewOf;
  if (current()) follow(current(), current().id === `row-${first}`);
  document.addEventListener("keydown", onKey, true);
  // The palette does what a key does, also where keys are off.
  document.addEventListener("queue:do", ({ detail }) => { current()?.focus(); (MOVES[detail] ?? (works ? WORK[detail] : null) ?? (detail === "space" ? toggle : () => {}))(); });
  queue.addEventListener("click", onClick);
  queue.addEventListener("dblclick", ({ target }) => { if (!target.closest("[data-pick], .pick")) open(target.closest("tr.r")); });
  queue.addEventListener("change", onChange);
  queue.addEventListener("reset", () => setTimeout(count));
  queue.querySelector("[data-split]")?.addEventListener("click", (event) => { event.preventDefault(); toggle(); });
}
