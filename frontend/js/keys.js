// One key, one meaning: a key presses the element that carries it in data-key. Nothing is bound anywhere else,
// but for moving about a list (queue.js). Off with html[data-keys=off].

const root = document.documentElement;
const isOn = () => root.dataset.keys !== "off";

/** Whether typing belongs to this element. */
export function isField(element) {
  return element.matches?.('textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type=checkbox], [type=radio], [type=button], [type=submit])') ?? false;
}

/** The produced character, or the physical key where the layout is not Latin: "a", "shift+a", "?", "space". */
export function keyName(event) {
  let name = event.key;
  if (name === " ") return "space";
  if (name.length === 1 && name.charCodeAt(0) > 127 && event.code.startsWith("Key")) name = event.code.slice(3);
  if (name.length === 1 && /[a-z]/i.test(name)) return (event.shiftKey ? "shift+" : "") + name.toLowerCase();
  return name.length === 1 ? name : name.toLowerCase();
}

const picked = () => document.querySelector("[data-queue] input:checked");

/** The element that answers a key now: in the open dialog if there is one; the selection's before the page's. */
function answering(name) {
  const within = document.querySelector("dialog:modal") ?? document;
  const all = [...within.querySelectorAll(`[data-key="${CSS.escape(name)}"], [data-key-focus="${CSS.escape(name)}"]`)];
  const usable = all.filter((one) => !one.disabled && (one.closest("[popover]") || one.checkVisibility()));
  const forSelection = usable.find((one) => one.dataset.keyWhen === "selected" && picked());
  return forSelection ?? usable.find((one) => one.dataset.keyWhen !== "selected");
}

/** Ctrl Enter: the first deed of the form one writes in, or of the open dialog. */
function submitHere(event) {
  const form = event.target.closest?.("form") ?? document.querySelector("dialog:modal form");
  const button = form?.querySelector('[data-key="mod+enter"]');
  if (!button) return;
  event.preventDefault();
  button.click();
}

// Places take two keys, one after the other: "g i" is G, then I within a second.
let prefix = "", prefixAt = 0;
const begins = (name) => document.querySelector(`[data-key^="${CSS.escape(name)} "]`) !== null;

function withPrefix(name, at) {
  const whole = prefix && at - prefixAt < 1000 ? `${prefix} ${name}` : name;
  prefix = "";
  return whole;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { submitHere(event); return; }
  if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
  const name = withPrefix(keyName(event), event.timeStamp);
  if (name === "enter" || (name === "space" && event.target.matches("a, button, summary, input"))) return;
  if (name === "?") { event.preventDefault(); openSheet(); return; }
  if (name === "escape" && (document.querySelector("dialog:modal, :popover-open") || picked())) return;
  const element = answering(name);
  if (!element) { if (begins(name)) { event.preventDefault(); prefix = name; prefixAt = event.timeStamp; } return; }
  event.preventDefault();
  if (element.dataset.keyFocus) { element.focus(); element.select?.(); } else element.click();
});

/** What an element does, without its key cap. */
function meaning(element) {
  if (element.getAttribute("aria-label")) return element.getAttribute("aria-label");
  if (element.dataset.keyFocus) return element.labels?.[0]?.textContent ?? "";
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg").forEach((one) => one.remove());
  return copy.textContent.trim();
}

const CAPS = { escape: "Esc", space: "Space", "mod+enter": "Ctrl ↵" };
const cap = (name) => CAPS[name] ?? name.split(/[+ ]/).map((part) => part[0].toUpperCase() + part.slice(1)).join(" ");

/** Key and meaning of everything on this page, each key once. */
function keysHere() {
  const found = new Map();
  for (const one of document.querySelectorAll("[data-key], [data-key-focus]")) {
    const name = cap(one.dataset.key ?? one.dataset.keyFocus);
    if (!one.closest("dialog, [hidden]") && meaning(one) && !found.has(name)) found.set(name, meaning(one));
  }
  for (const one of document.querySelectorAll(".keys > span:not(.grow)")) {
    const name = [...one.querySelectorAll("kbd")].map((key) => key.textContent).join(" ");
    if (!found.has(name)) found.set(name, meaning(one));
  }
  return found;
}

function openSheet() {
  const sheet = document.getElementById("keysheet");
  const list = sheet?.querySelector("[data-keysheet]");
  if (!list || sheet.open) return;
  list.replaceChildren(...[...keysHere()].map(([name, words]) => {
    const row = document.createElement("li");
    const caps = document.createElement("span");
    caps.append(...name.split(" ").map((part) => Object.assign(document.createElement("kbd"), { textContent: part })));
    row.append(caps, Object.assign(document.createElement("span"), { textContent: words }));
    return row;
  }));
  sheet.showModal();
}

document.addEventListener("click", ({ target }) => {
  const opener = target.closest("[data-open-keys]");
  if (!opener) return;
  opener.closest("[popover]")?.hidePopover();
  openSheet();
});
