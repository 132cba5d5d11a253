// Who else is here: a ping every 15 s from an open ticket, at once when one begins to write; lists ask for their rows.
import { address, numberOf, queue, rowOf, rows } from "./list.js";
import { partial } from "./net.js";

const PING_MS = 15_000, SPARE_PX = 200, ICONS = { viewing: "eye", reply: "pencil", note: "pencil" };
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const sprite = () => document.querySelector("svg.ic use")?.getAttribute("href").split("#")[0] ?? "";

function chip({ initials, kind, words }) {
  const box = document.createElement("span");
  box.className = `here ${kind}`;
  box.title = words;
  const glyph = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  glyph.setAttribute("class", "ic");
  glyph.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite()}#${ICONS[kind]}`);
  glyph.append(use);
  const letters = Object.assign(document.createElement("span"), { className: "av", textContent: initials });
  letters.setAttribute("aria-hidden", "true");
  box.append(letters, glyph, Object.assign(document.createElement("span"), { className: "sr", textContent: words }));
  return box;
}

/** Draw people into a place; only a change is drawn, so that a screen reader hears each once. */
function show(place, people) {
  const now = JSON.stringify(people);
  if (!place || place.dataset.people === now) return;
  place.dataset.people = now;
  place.replaceChildren(...people.map(chip));
  const writer = people.find((one) => one.kind !== "viewing");
  if (writer && place.id === "presence") place.append(Object.assign(document.createElement("span"), { className: "small", textContent: writer.words }));
}

function stay(place) {
  let kind = "viewing";
  const ping = async (said = kind, keepalive = false) => {
    try {
      const body = new URLSearchParams({ kind: said });
      const answer = await fetch(place.dataset.presence, { method: "POST", body, keepalive, headers: { ...partial(), "X-CSRFToken": token() } });
      if (answer.ok && !answer.redirected) show(place, (await answer.json()).people);
    } catch {
      show(place, []);
    }
  };
  const turn = (next) => { if (next !== kind) { kind = next; ping(); } };
  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.("form[data-editor]");
    if (form) turn(form.dataset.editor);
  });
  document.addEventListener("focusout", ({ target }) => { if (target.closest?.("form[data-editor]")) turn("viewing"); });
  setInterval(() => { if (!document.hidden) ping(); }, PING_MS);
  addEventListener("pagehide", () => ping("gone", true));
  ping();
}

const list = document.querySelector("[data-present-url]");
let known = {};

/** Who is at the rows in sight, at the end of their subjects; and in the preview. */
function paint() {
  for (const number of Object.keys(known)) {
    const cell = rowOf(number)?.querySelector(".cell");
    if (!cell || cell.querySelector("[data-present]")) continue;
    const made = Object.assign(document.createElement("span"), { className: "at-row" });
    made.dataset.present = number;
    cell.querySelector(".main-t").after(made);
  }
  document.querySelectorAll("[data-present]").forEach((one) => show(one, known[one.dataset.present] ?? []));
}

const inSight = (row) => { const { top, bottom } = row.getBoundingClientRect(); return bottom > -SPARE_PX && top < innerHeight + SPARE_PX; };

async function ask() {
  const places = [...document.querySelectorAll("[data-present]")].map((one) => one.dataset.present);
  const numbers = [...new Set([...places, ...(queue ? rows().filter(inSight).map(numberOf) : [])])].slice(0, 100);
  if (!numbers.length || document.hidden) return;
  try {
    const answer = await fetch(`${list.dataset.presentUrl}?numbers=${encodeURIComponent(numbers.join(","))}`, { headers: partial() });
    if (!answer.ok || answer.redirected) return;
    known = (await answer.json()).people;
  } catch {
    known = {};
  }
  paint();
}

/** Who writes in the preview says so at that ticket, as on its page; looking at it there is not being there. */
function writing(pane) {
  let at = "", said = "", timer = 0;
  const ping = (kind) => fetch(`${address("ticketBase", at).replace(/\?.*$/, "")}presence/`, { method: "POST", body: new URLSearchParams({ kind }), keepalive: true, headers: { ...partial(), "X-CSRFToken": token() } }).catch(() => {});
  const stop = () => { clearInterval(timer); if (said) ping("gone"); said = ""; };
  pane.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-editor]"), number = pane.querySelector("[data-preview-of]")?.dataset.previewOf;
    if (!form || (said === form.dataset.editor && at === number)) return;
    stop();
    [at, said] = [number, form.dataset.editor];
    ping(said);
    timer = setInterval(() => ping(said), PING_MS);
  });
  pane.addEventListener("focusout", ({ target }) => { if (target.closest("form[data-editor]")) stop(); });
  addEventListener("pagehide", stop);
}

const place = document.querySelector("[data-presence]");
if (place) stay(place);
if (list) {
  setInterval(ask, PING_MS);
  ask();
  document.addEventListener("queue:drawn", paint);
  document.addEventListener("htmx:load", ({ target }) => { if (target.closest?.("#preview")) paint(); });
  const pane = document.getElementById("preview");
  if (pane) writing(pane);
}
