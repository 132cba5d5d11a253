// One field of one row, or one fact beside a ticket, changed at its place: shown at once, saved behind it, taken back with
// the reason where it was refused.
import { narrow } from "./finder.js";
import { address, current, form, numberOf, parsed, picked, repaint, rowOf } from "./list.js";
import { isSignIn, nodes, partial, refused } from "./net.js";
import { ours } from "./preview.js";
import { redraw } from "./ticket.js";
import { toast } from "./toasts.js";
import { fail, say } from "./words.js";

const TRIES = 3, AGAIN_MS = 700, AT_ONCE = 50;
const box = document.getElementById("cell-picker");
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const key = () => crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
const later = (ms) => new Promise((done) => { setTimeout(done, ms); });
const cellOf = (row, field) => row.querySelector(`[data-pick="${field}"]`) ?? row.cells[row.cells.length - 1];

/** The place of a field: a cell of a row of the list. */
const atRow = (row, field) => ({
  field, cell: cellOf(row, field), url: address("pickBase", numberOf(row)).replace("FIELD", field), focus: () => (row.isConnected ? row : current())?.focus(),
  number: numberOf(row), version: () => (rowOf(numberOf(row)) ?? row).dataset.v, settle: (said) => draw(row, said.row), again: () => atRow(rowOf(numberOf(row)) ?? row, field),
});

/** The place of a fact beside a ticket, on its page or in the preview: the value is the control. */
const atFact = (link) => {
  const { pickAt: field, pickUrl } = link.dataset, fresh = () => (link.isConnected ? link : document.querySelector(`[data-pick-at="${field}"]`));
  const number = link.closest("#preview") && document.querySelector("[data-preview-of]").dataset.previewOf;
  const settle = async () => { if (number) document.dispatchEvent(new CustomEvent("queue:heard", { detail: number })); else await redraw(); };
  return { field, cell: link.closest("dd"), url: `${pickUrl}?at=ticket`, focus: () => fresh()?.focus(), number: number || document.querySelector("[data-ticket]")?.dataset.ticket, version: () => (fresh() ?? link).closest("[data-version]").dataset.version, settle, again: () => atFact(fresh()), isFact: true };
};
/** The place of a deed on the selection: its button. */
const atMany = (button) => ({ cell: button, url: button.dataset.pickMany, focus: () => current()?.focus(), again: () => atMany(button), button });
const listeners = [], saves = new Map(), mine = new Map();
/** The version to change from: what is drawn here, or what one's own last save made of it where that is drawn late. */
const versionOf = ({ number, version }) => String(Math.max(Number(version()), mine.get(number) ?? 0));
let at = null;

/** Be told when a row was drawn anew here and ought to stand elsewhere. */
export const onMoved = (listener) => listeners.push(listener);

function place(cell) {
  const spot = cell.getBoundingClientRect(), size = box.getBoundingClientRect();
  const below = spot.bottom + size.height + 8 < innerHeight;
  box.style.setProperty("--y", `${Math.max(8, below ? spot.bottom + 2 : spot.top - size.height - 2)}px`);
  box.style.setProperty("--x", `${Math.max(8, Math.min(document.dir === "rtl" ? spot.right - size.width : spot.left, innerWidth - size.width - 8))}px`);
}

function show(cell, ...content) {
  box.replaceChildren(...content);
  if (!box.matches(":popover-open")) box.showPopover();
  place(cell);
}

export function close(focus = true) {
  if (!box?.matches(":popover-open")) return;
  box.hidePopover();
  box.replaceChildren();
  if (focus) at?.focus();
}

/** Open the choices of a field at its place. What is typed before they are there narrows them; who has pressed Enter by
 * then goes on, and gets the first that fits when they come. */
async function openAt(spot) {
  const typing = Object.assign(document.createElement("input"), { className: "inp", type: "text" });
  let chosen = null;
  const go = () => { chosen = typing.value; close(); };
  at = spot;
  typing.setAttribute("aria-label", say("loading"));
  typing.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); go(); } });
  typing.addEventListener("input", () => { if (spot.field === "priority" && /^[1-9]$/.test(typing.value)) go(); });
  show(spot.cell, typing);
  typing.focus();
  try {
    const url = new URL(spot.url, location.href), answer = await fetch(url, { headers: partial("cell-picker") });
    if (chosen === null && (at !== spot || !box.matches(":popover-open"))) return;
    if (!answer.ok || isSignIn(answer.url)) { if (at === spot) close(); refused(answer.ok ? 401 : answer.status, spot.cell, () => openAt(spot.again())); return; }
    const found = nodes(await answer.text());
    if (chosen === null) choose(spot, found, typing.value); else await settle(spot, found, chosen);
  } catch {
    if (at === spot) close();
    refused(0, spot.cell);
  }
}

/** The choices are there, and one goes on choosing. */
function choose(spot, found, typed) {
  box.replaceChildren(...found);
  const input = box.querySelector("[data-find]");
  place(spot.cell);
  if (!input) { box.querySelector("[data-finder]").tabIndex = -1; box.querySelector("[data-finder]").focus(); return; }
  input.value = typed;
  input.focus();
  if (typed && input.dataset.search) input.dispatchEvent(new Event("input", { bubbles: true }));
  narrow(box.querySelector("[data-finder]"));
}

/** The choices came after Enter: the first that fits what was typed is taken, behind what is done meanwhile. */
async function settle(spot, found, typed) {
  const holder = document.createElement("div");
  holder.append(...found);
  const finder = holder.querySelector("[data-finder]"), input = holder.querySelector("[data-find]");
  if (!input) { fail(holder.textContent.trim(), spot.cell); return; }
  if (input.dataset.search) {
    const answer = await fetch(`${input.dataset.search}&q=${encodeURIComponent(typed)}`, { headers: partial() });
    holder.querySelector(".options").replaceChildren(...nodes(await answer.text()));
  }
  input.value = typed;
  narrow(finder);
  const hot = spot.field === "priority" && finder.querySelector(`[data-hot="${CSS.escape(typed.trim())}"]`), option = hot || finder.querySelector("[data-option].on");
  if (option) take(spot, option, finder.dataset.field); else fail(say("nofit", typed), spot.cell);
}

/** Take one of the choices: save it, or open the dialog of a step that asks something. */
function take(spot, option, name) {
  if (option.tagName === "A") {
    spot.focus();
    option.hidden = true;
    document.body.append(option);
    option.click();
    option.remove();
  } else if (spot.button) saveMany(spot.button, name, option.dataset.value);
  else save(spot, option.dataset.value, option.querySelector(".own")?.textContent ?? option.textContent.trim());
}

export const openPicker = (field, row) => { if (box) openAt(atRow(row, field)); };

/** A priority is chosen by its digit alone. */
function hot(typed) {
  if (at.field !== "priority" || !typed.trim()) return;
  box.querySelector(`[data-hot="${CSS.escape(typed.trim())}"]`)?.click();
}

/** What the cell shows until the server has answered. */
function guess({ cell, field, isFact }, value, label) {
  const words = isFact && cell.querySelector(".v");
  if (words) words.textContent = label;
  else if (isFact && field !== "priority") return;
  else if (isFact) Object.assign(cell.querySelector(".p"), { className: `p p${Number(value)}`, textContent: `P${Number(value)}` });
  else if (field === "priority") {
    cell.replaceChildren(Object.assign(document.createElement("span"), { className: `p p${Number(value)}`, textContent: `P${Number(value)}` }));
  }
  else if (field === "assignee") {
    const face = Object.assign(document.createElement("span"), { className: `av ${value ? "" : "none"}`, title: label });
    face.textContent = value ? label.split(/\s+/).map((one) => one[0]).slice(0, 2).join("").toUpperCase() : "";
    cell.replaceChildren(face);
  } else if (cell.dataset.pick === field) cell.textContent = label;
}

async function send(url, fields) {
  for (let turn = 1; ; turn += 1) {
    try {
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { ...partial(), "X-CSRFToken": token() } });
      if (isSignIn(answer.url)) return { status: 401, said: {} };
      return { status: answer.status, said: await answer.json().catch(() => ({})) };
    } catch (error) {
      if (turn === TRIES) throw error;
      await later(AGAIN_MS * turn);
    }
  }
}

function button(text, deed) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn sm", textContent: text });
  made.addEventListener("click", deed);
  return made;
}

/** Say at its place why something was not saved. */
function tell(spot, sentence, ...buttons) {
  at = spot;
  const text = Object.assign(document.createElement("p"), { textContent: sentence });
  text.setAttribute("role", "alert");
  const foot = Object.assign(document.createElement("div"), { className: "row" });
  foot.append(...buttons, button(say("close"), () => close()));
  const holder = Object.assign(document.createElement("div"), { className: "pick-told" });
  holder.append(text, foot);
  show(at.cell, holder);
  foot.firstElementChild.focus();
}

function draw(row, html) {
  const fresh = html && parsed(html).querySelector("tr");
  if (!fresh) return;
  const isElsewhere = repaint(row, fresh);
  listeners.forEach((one) => one(numberOf(row), isElsewhere));
}

/** Save one value at its place, which shows it before the server has said so. What was chosen before it is saved before. */
function save(spot, value, label) {
  const { cell, number } = spot, before = cell.cloneNode(true);
  if (label) guess(spot, value, label);
  cell.setAttribute("aria-busy", "true");
  const turn = (saves.get(number) ?? Promise.resolve()).then(() => post(spot, value, label, before));
  saves.set(number, turn);
  turn.finally(() => { if (saves.get(number) === turn) saves.delete(number); });
}

/** A send from beside the place waits for what was chosen there: else it would be held for one's own change. */
function sendAfter(event) {
  const sent = event.target, turn = saves.get(sent.closest("[data-composer]")?.dataset.composer);
  if (!turn) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  turn.then(() => { delete sent.dataset.busy; sent.requestSubmit(event.submitter); });
}

/** Send the selection with what was chosen: up to fifty are done at once, more are asked about on a page first. */
function saveMany(button, name, value) {
  const given = Object.entries({ [name]: value, sure: "1" }).map(([field, one]) => Object.assign(document.createElement("input"), { type: "hidden", name: field, value: one }));
  form().append(...given);
  form().requestSubmit(button);
}

async function post(spot, value, label, before) {
  const { cell } = spot, fields = { value, version: versionOf(spot), once: key() };
  const back = () => { cell.replaceChildren(...before.childNodes); cell.removeAttribute("aria-busy"); };
  const again = () => { close(); save(spot.again(), value, label); };
  try {
    const { status, said } = await send(spot.url, fields);
    if (status === 401) { back(); refused(401, cell, again); return; }
    if (status >= 400) back();
    await spot.settle(said);
    if (status < 400 && said.version) mine.set(spot.number, said.version);
    if (status < 400 && said.version) ours(spot.number, fields.version, said.version);
    cell.removeAttribute("aria-busy");
    const here = spot.again();
    if (status === 412 || status === 409) tell(here, said.sentence || say("refused"), button(say("usemine"), again));
    else if (status >= 400) tell(here, said.sentence || say("refused"));
    else if (said.said) toast(said.said, said.undo);
  } catch {
    back();
    tell(spot, say("notsaved"), button(say("retry"), again));
  }
}

export const saveAt = (row, field, value, label) => save(atRow(row, field), value, label);

if (box) {
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[data-option]");
    if (!option) return;
    event.preventDefault();
    event.stopPropagation();
    const spot = at, name = box.querySelector("[data-field]").dataset.field;
    close();
    take(spot, option, name);
  });
  document.addEventListener("submit", sendAfter, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick-many]");
    if (!button || event.defaultPrevented || picked().length > AT_ONCE || document.querySelector("input[name=all]:checked")) return;
    event.preventDefault();
    openAt(atMany(button));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-pick-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openAt(atFact(link));
  });
  box.addEventListener("input", ({ target }) => { if (target.matches("[data-find]")) hot(target.value); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Tab") { event.preventDefault(); close(); }
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
  });
  document.addEventListener("pointerdown", ({ target }) => { if (!box.contains(target)) close(false); });
  document.addEventListener("scroll", ({ target }) => { if (at && !box.contains(target) && target.contains(at.cell)) close(); }, true);
}
