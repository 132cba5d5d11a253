// One key, one meaning: a key presses the element that carries it in data-key. Nothing is bound anywhere else,
// but for moving about a list (queue.js). Off with html[data-keys=off]; then only Ctrl, Enter, arrows and Esc do something.

const root = document.documentElement;
const isOn = () => root.dataset.keys !== "off";
const CHORD_MS = 1500;
let chord = "", chordTimer = 0;

/** Whether typing belongs to this element. */
export function isField(element) {
  return element.matches?.('textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type=checkbox], [type=radio], [type=button], [type=submit])') ?? false;
}

// Where a layout makes other letters of them, the physical keys mean what they do on a Latin one.
const SIGNS = { BracketLeft: "[", Slash: "/", Period: "." };

/** The produced character, or the physical key where the layout is not Latin: "a", "shift+a", "?", "space". */
export function keyName(event) {
  let name = event.key;
  if (name === " ") return "space";
  if (name.length === 1 && name.charCodeAt(0) > 0x24f) name = event.code.startsWith("Key") ? event.code.slice(3) : SIGNS[event.code] ?? name;
  if (name.length === 1 && /[a-z]/i.test(name)) return (event.shiftKey ? "shift+" : "") + name.toLowerCase();
  return name.length === 1 ? name : name.toLowerCase();
}

/** Whether a modifier makes it a chord of the browser's; AltGr only writes the sign. */
export const isModified = (event) => !event.getModifierState?.("AltGraph") && (event.ctrlKey || event.metaKey || event.altKey);

const picked = () => document.querySelector("[data-queue] input:checked");
const isThere = (one) => !one.disabled && !one.closest("[hidden]") && (one.closest("[popover]") || one.checkVisibility());

/** The element that answers a key now: in the open dialog if there is one; the selection's before the page's, a picker in its
 * place before a dialog; for Undo the newest, which stands last. */
function answering(name) {
  const within = document.querySelector("dialog:modal") ?? document;
  const usable = [...within.querySelectorAll(`[data-key="${CSS.escape(name)}"], [data-key-focus="${CSS.escape(name)}"]`)].filter(isThere);
  const forSelection = usable.find((one) => one.dataset.keyWhen === "selected" && picked());
  const others = usable.filter((one) => one.dataset.keyWhen !== "selected");
  return forSelection ?? (name === "z" ? others.at(-1) : others.find((one) => one.dataset.pickAt) ?? others[0]);
}

/** Press an element, or put the focus into a field. */
export function press(element) {
  if (element.dataset.keyFocus) { element.focus(); element.select?.(); } else element.click();
}

const FIRST = '[data-key="mod+enter"]';
/** The one form of a page that is nothing but a form: an editor of a ticket is sent from within alone. */
function only() {
  const found = [...document.querySelectorAll(`main form ${FIRST}`)].filter((one) => one.checkVisibility() && !one.closest("[data-composer]"));
  return found.length === 1 ? found[0] : null;
}

/** Ctrl Enter: the first deed of the form one writes in, of the open dialog, or of the page. */
function submitHere(event) {
  const form = event.target.closest?.("form") ?? document.querySelector("dialog:modal form");
  const button = form ? form.querySelector(FIRST) : document.querySelector("dialog:modal") ? null : only();
  if (!button) return;
  event.preventDefault();
  button.click();
}

function begin(name) {
  chord = document.querySelector(`[data-key^="${CSS.escape(name)} "]`) ? `${name} ` : "";
  clearTimeout(chordTimer);
  chordTimer = setTimeout(() => { chord = ""; }, CHORD_MS);
  return Boolean(chord);
}

/** The second letter of a chord is heard before anybody else, and means nothing else. */
document.addEventListener("keydown", (event) => {
  if (!chord || event.key === "Shift") return;
  const name = chord + keyName(event);
  chord = "";
  if (isModified(event) || isField(event.target) || event.isComposing) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const element = answering(name);
  if (element) press(element);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { submitHere(event); return; }
  if (event.key === "Escape") {  // closed here and now: a browser may close it after the next key was heard
    const top = document.querySelector("#palette:modal, #keysheet:modal");
    if (top) {
      event.preventDefault();
      top.close();
      if (top.contains(document.activeElement)) document.activeElement.blur();  // else the next key is still its field's
      return;
    }
  }
  if (!isOn() || isModified(event) || isField(event.target)) return;
  const name = keyName(event);
  if (name === "enter" || (name === "space" && event.target.matches("a, button, summary, input"))) return;
  if (name === "?") { event.preventDefault(); openSheet(); return; }
  if (name === "escape" && (document.querySelector("dialog:modal, :popover-open") || picked())) return;
  if (!document.querySelector("dialog:modal") && begin(name)) { event.preventDefault(); return; }
  const element = answering(name);
  if (!element) return;
  event.preventDefault();
  press(element);
});

/** What an element does, without its key cap and its counter. */
export function meaning(element) {
  const said = element.getAttribute("aria-label") ?? (element.dataset.keyFocus ? element.labels?.[0]?.textContent : "");
  if (said) return said;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg, .n").forEach((one) => one.remove());
  return copy.textContent.replace(/\s+/g, " ").trim() || element.title;
}

const CAPS = { escape: "Esc", space: "Space", enter: "Enter", mod: "Ctrl", shift: "Shift" };
/** The caps of a key's name: "shift+a" is Shift A, "g q" is G Q. */
export const caps = (name) => name.split(/[ +]/).map((part) => CAPS[part] ?? part[0].toUpperCase() + part.slice(1));

/** Key and meaning of everything on this page, each key once; what the frame offers on every page comes apart. */
function keysHere() {
  const here = new Map(), common = new Map();
  for (const one of document.querySelectorAll("[data-key], [data-key-focus], [data-do], [data-caps]")) {
    const name = one.dataset.key || one.dataset.keyFocus || one.dataset.do || one.dataset.caps;
    const isSaid = "do" in one.dataset || "caps" in one.dataset;
    if (one.closest("dialog:not(#keysheet)") || (!isSaid && one.closest("[hidden]")) || !meaning(one)) continue;
    const to = one.closest(".side, #keysheet") || name === "z" ? common : here;
    if (!here.has(name) && !common.has(name)) to.set(name, meaning(one));
  }
  return [here, common];
}

function listed([name, words]) {
  const row = document.createElement("li"), keys = document.createElement("span");
  keys.append(...caps(name).map((part) => Object.assign(document.createElement("kbd"), { textContent: part })));
  row.append(keys, Object.assign(document.createElement("span"), { textContent: words }));
  return row;
}

export function openSheet() {
  const sheet = document.getElementById("keysheet"), lists = sheet?.querySelectorAll("[data-keysheet]");
  if (!lists || sheet.open) return;
  keysHere().forEach((found, at) => {
    lists[at].replaceChildren(...[...found].map(listed));
    lists[at].parentElement.hidden = !found.size;
  });
  sheet.showModal();
}

document.addEventListener("click", ({ target }) => {
  const opener = target.closest("[data-open-keys]");
  if (!opener) return;
  opener.closest("[popover]")?.hidePopover();
  openSheet();
});

// The sidebar, folded to its signs or not: the server draws it so from then on.
for (const button of document.querySelectorAll("[data-fold]")) {
  const app = button.closest(".app"), show = () => button.setAttribute("aria-expanded", String(!app.classList.contains("narrow")));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    const isFolded = app.classList.toggle("narrow");
    document.cookie = `sidebar=${isFolded ? "folded" : "open"}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    show();
  });
}
