// Who else is here: a ping every 15 s from an open ticket, at once when one begins to write; lists ask for their rows.
import { partial } from "./net.js";

const PING_MS = 15_000, ICONS = { viewing: "eye", reply: "pencil", note: "pencil" };
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

async function ask(url) {
  const places = [...document.querySelectorAll("[data-present]")];
  if (!places.length || document.hidden) return;
  try {
    const numbers = places.map((one) => one.dataset.present).join(",");
    const answer = await fetch(`${url}?numbers=${encodeURIComponent(numbers)}`, { headers: partial() });
    if (!answer.ok || answer.redirected) return;
    const { people } = await answer.json();
    places.forEach((one) => show(one, people[one.dataset.present] ?? []));
  } catch {
    places.forEach((one) => show(one, []));
  }
}

const place = document.querySelector("[data-presence]");
if (place) stay(place);
const list = document.querySelector("[data-present-url]");
if (list) { setInterval(() => ask(list.dataset.presentUrl), PING_MS); ask(list.dataset.presentUrl); }
