// One field of one row, changed at the cell: shown at once, saved behind it, taken back with the reason where it was refused.
import { narrow } from "./finder.js";
import { address, current, numberOf, parsed, repaint, rowOf } from "./list.js";
import { isSignIn, nodes, partial, refused } from "./net.js";
import { toast } from "./toasts.js";
import { say } from "./words.js";

const TRIES = 3, AGAIN_MS = 700;
const box = document.getElementById("cell-picker");
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const key = () => crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
const later = (ms) => new Promise((done) => { setTimeout(done, ms); });
const cellOf = (row, field) => row.querySelector(`[data-pick="${field}"]`) ?? row.cells[row.cells.length - 1];
const listeners = [];
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
  if (focus) (at?.row.isConnected ? at.row : current())?.focus();
}

/** Open the choices of a field at its cell. What is typed before they are there narrows them. */
export async function openPicker(field, row) {
  if (!box) return;
  const cell = cellOf(row, field), typing = Object.assign(document.createElement("input"), { className: "inp", type: "text" });
  at = { row, field, cell };
  const mine = at;
  typing.setAttribute("aria-label", say("loading"));
  show(cell, typing);
  typing.focus();
  try {
    const answer = await fetch(address("pickBase", numberOf(row)).replace("FIELD", field), { headers: partial("cell-picker") });
    if (at !== mine || !box.matches(":popover-open")) return;
    if (!answer.ok || isSignIn(answer.url)) { close(); refused(answer.ok ? 401 : answer.status, row); return; }
    const typed = typing.value;
    box.replaceChildren(...nodes(await answer.text()));
    const input = box.querySelector("[data-find]");
    place(cell);
    if (!input) { box.querySelector("[data-finder]").tabIndex = -1; box.querySelector("[data-finder]").focus(); return; }
    input.value = typed;
    input.focus();
    narrow(box.querySelector("[data-finder]"));
    if (typed) hot(typed);
  } catch {
    close();
    refused(0, row);
  }
}

/** A priority is chosen by its digit alone. */
function hot(typed) {
  if (at.field !== "priority" || !typed.trim()) return;
  box.querySelector(`[data-hot="${CSS.escape(typed.trim())}"]`)?.click();
}

/** What the cell shows until the server has answered. */
function guess(cell, field, value, label) {
  if (field === "priority") {
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

/** Say at the cell why something was not saved. */
function tell(row, field, sentence, ...buttons) {
  at = { row, field, cell: cellOf(row, field) };
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

/** Save one value of a row: the cell shows it before the server has said so. */
export async function saveAt(row, field, value, label) {
  const cell = cellOf(row, field), number = numberOf(row), before = [...cell.childNodes];
  const url = address("pickBase", number).replace("FIELD", field);
  const fields = { value, version: row.dataset.v, once: key() };
  if (label) guess(cell, field, value, label);
  cell.setAttribute("aria-busy", "true");
  const back = () => { cell.replaceChildren(...before); cell.removeAttribute("aria-busy"); };
  const again = () => { close(); saveAt(rowOf(number) ?? row, field, value, label); };
  try {
    const { status, said } = await send(url, fields);
    if (status === 401) { back(); refused(401, row); return; }
    if (status >= 400) back();
    draw(row, said.row);
    cell.removeAttribute("aria-busy");
    if (status === 412 || status === 409) tell(row, field, said.sentence || say("refused"), button(say("usemine"), again));
    else if (status >= 400) tell(row, field, said.sentence || say("refused"));
    else if (said.said) toast(said.said, said.undo);
  } catch {
    back();
    tell(row, field, say("notsaved"), button(say("retry"), again));
  }
}

if (box) {
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[data-option]");
    if (!option || option.tagName === "A") { if (option) { at.row.focus(); box.hidePopover(); } return; }
    const { row, field } = at;
    close();
    saveAt(row, field, option.dataset.value, option.querySelector(".own")?.textContent ?? option.textContent.trim());
  });
  box.addEventListener("input", ({ target }) => { if (target.matches("[data-find]")) hot(target.value); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Tab") { event.preventDefault(); close(); }
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
  });
  document.addEventListener("pointerdown", ({ target }) => { if (!box.contains(target)) close(false); });
  document.addEventListener("scroll", ({ target }) => { if (!box.contains(target)) close(); }, true);
}
