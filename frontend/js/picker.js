// One field of one row, or one fact beside a ticket, changed at its place: shown at once, saved behind it, taken back with
// the reason where it was refused.
import { narrow } from "./finder.js";
import { address, current, numberOf, parsed, repaint, rowOf } from "./list.js";
import { isSignIn, nodes, partial, refused } from "./net.js";
import { redraw } from "./ticket.js";
import { toast } from "./toasts.js";
import { say } from "./words.js";

const TRIES = 3, AGAIN_MS = 700;
const box = document.getElementById("cell-picker");
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const key = () => crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
const later = (ms) => new Promise((done) => { setTimeout(done, ms); });
const cellOf = (row, field) => row.querySelector(`[data-pick="${field}"]`) ?? row.cells[row.cells.length - 1];

/** The place of a field: a cell of a row of the list. */
const atRow = (row, field) => ({
  field, cell: cellOf(row, field), url: address("pickBase", numberOf(row)).replace("FIELD", field), focus: () => (row.isConnected ? row : current())?.focus(),
  version: row.dataset.v, settle: (said) => draw(row, said.row), again: () => atRow(rowOf(numberOf(row)) ?? row, field),
});

/** The place of a fact beside a ticket, on its page or in the preview: the value is the control. */
const atFact = (link) => {
  const { pickAt: field, pickUrl } = link.dataset, fresh = () => (link.isConnected ? link : document.querySelector(`[data-pick-at="${field}"]`));
  const number = link.closest("#preview") && document.querySelector("[data-preview-of]").dataset.previewOf;
  const settle = async () => { if (number) document.dispatchEvent(new CustomEvent("queue:heard", { detail: number })); else await redraw(); };
  return { field, cell: link.closest("dd"), url: `${pickUrl}?at=ticket`, focus: () => fresh()?.focus(), version: link.closest("[data-version]").dataset.version, settle, again: () => atFact(fresh()), isFact: true };
};
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
  if (focus) at?.focus();
}

/** Open the choices of a field at its place. What is typed before they are there narrows them. */
async function openAt(spot) {
  const typing = Object.assign(document.createElement("input"), { className: "inp", type: "text" });
  at = spot;
  typing.setAttribute("aria-label", say("loading"));
  show(spot.cell, typing);
  typing.focus();
  try {
    const answer = await fetch(spot.url, { headers: partial("cell-picker") });
    if (at !== spot || !box.matches(":popover-open")) return;
    if (!answer.ok || isSignIn(answer.url)) { close(); refused(answer.ok ? 401 : answer.status, spot.cell); return; }
    const typed = typing.value;
    box.replaceChildren(...nodes(await answer.text()));
    const input = box.querySelector("[data-find]");
    place(spot.cell);
    if (!input) { box.querySelector("[data-finder]").tabIndex = -1; box.querySelector("[data-finder]").focus(); return; }
    input.value = typed;
    input.focus();
    if (typed && input.dataset.search) input.dispatchEvent(new Event("input", { bubbles: true }));
    narrow(box.querySelector("[data-finder]"));
    if (typed) hot(typed);
  } catch {
    close();
    refused(0, spot.cell);
  }
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

/** Save one value at its place, which shows it before the server has said so. */
async function save(spot, value, label) {
  const { cell } = spot, before = cell.cloneNode(true), fields = { value, version: spot.version, once: key() };
  if (label) guess(spot, value, label);
  cell.setAttribute("aria-busy", "true");
  const back = () => { cell.replaceChildren(...before.childNodes); cell.removeAttribute("aria-busy"); };
  const again = () => { close(); save(spot.again(), value, label); };
  try {
    const { status, said } = await send(spot.url, fields);
    if (status === 401) { back(); refused(401, cell); return; }
    if (status >= 400) back();
    await spot.settle(said);
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
    if (!option || option.tagName === "A") { if (option) { at.focus(); box.hidePopover(); } return; }
    const spot = at;
    close();
    save(spot, option.dataset.value, option.querySelector(".own")?.textContent ?? option.textContent.trim());
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
  document.addEventListener("scroll", ({ target }) => { if (!box.contains(target)) close(); }, true);
}
