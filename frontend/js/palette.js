// The command palette: what can be done here, where one can go, and every record, found by typing. It presses what the page
// has: nothing can be done by it that no button does.
import { caps, meaning, press } from "./keys.js";
import { current, numberOf, picked, queue } from "./list.js";
import { isSignIn, partial, refused } from "./net.js";
import { say } from "./words.js";

const ASK_AFTER = 120, LAST = 5, MEMORY = "palette:last";
const box = document.getElementById("palette");
const input = box?.querySelector("input"), list = box?.querySelector("[role=listbox]"), on = box?.querySelector("[data-on]");
let local = [], found = [], wait = 0, asked = "", options = [], isAsking = false, isHasty = false;

const remembered = () => { try { return JSON.parse(localStorage.getItem(MEMORY)) ?? []; } catch { return []; } };

function remember({ label, url }) {
  const kept = [{ label, url }, ...remembered().filter((one) => one.label !== label)].slice(0, LAST);
  try { localStorage.setItem(MEMORY, JSON.stringify(kept)); } catch { return; }
}

/** What the deeds act on: the selection, the row of the cursor, or the ticket of the page. */
function subject() {
  const many = picked().length;
  if (many) return many === 1 ? say("oneticket") : say("tickets", many);
  return (queue && current() && numberOf(current())) || document.querySelector("[data-ticket]")?.dataset.ticket || "";
}

const isOffered = (one) => !one.disabled && !one.closest("dialog, [hidden], [data-toast] [data-close], #cell-picker, tr, .skip") && (one.closest("[popover]") || one.checkVisibility());

/** Everything that can be pressed on this page, as {label, key, group, run}; what acts on the ticket comes first. */
export function offered() {
  const what = subject(), many = picked().length, made = [];
  const add = (group, label, key, run, url) => {
    if (label && !made.some((one) => one.label === label && one.group === group)) made.push({ group, label, key, run, url });
  };
  if (many) document.querySelectorAll(".bulk button").forEach((one) => add(what, meaning(one), one.dataset.key, () => press(one)));
  else if (queue && current()) {
    document.querySelectorAll("[data-do]").forEach((one) => add(what, meaning(one), one.dataset.do, () => document.dispatchEvent(new CustomEvent("queue:do", { detail: one.dataset.do }))));
  }
  const ours = document.querySelectorAll('button, a.btn, a[data-key], [role="button"], [data-key-focus], .props-pane a, .menu a, .modes a');
  for (const one of ours) {
    if (one.closest(".side > .nav, #all-places, .bulk") || !isOffered(one)) continue;
    const isTicket = one.closest(".verbs, .props-pane, [data-composer], #more-verbs");
    add(one.closest("#user-menu, .side") ? say("help") : isTicket && what ? what : say("here"), meaning(one), one.dataset.key ?? one.dataset.keyFocus, () => press(one));
  }
  document.querySelectorAll(".side > .nav a").forEach((one) => add(say("goto"), meaning(one), one.dataset.key, () => press(one), one.href));
  const order = [what, say("here"), say("goto")];
  return made.sort((a, b) => (order.indexOf(a.group) + 1 || 9) - (order.indexOf(b.group) + 1 || 9));
}

function point(option) {
  list.querySelector(".on")?.classList.remove("on");
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  if (!option) { input.removeAttribute("aria-activedescendant"); return; }
  option.classList.add("on");
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function drawn(one, at) {
  const row = Object.assign(document.createElement("div"), { id: `palette-${at}`, className: one.is_closed ? "past" : "" });
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  row.append(Object.assign(document.createElement("span"), { className: "own ell", textContent: one.label }));
  if (one.note) row.append(Object.assign(document.createElement("span"), { className: "dim own ell", textContent: one.note }));
  if (one.key) row.append(...caps(one.key).map((part, place) => Object.assign(document.createElement("kbd"), { textContent: part, className: place ? "" : "grow-before" })));
  return row;
}

const matches = (words) => (one) => words.every((word) => one.label.toLowerCase().includes(word));
/** What begins with the words stands before what only holds them. */
const nearer = (words) => (a, b) => Number(!a.label.toLowerCase().startsWith(words[0])) - Number(!b.label.toLowerCase().startsWith(words[0]));

function shownNow() {
  const typed = input.value.trim().toLowerCase(), isDeeds = typed.startsWith(">"), words = typed.replace(/^>/, "").split(/\s+/).filter(Boolean);
  if (typed.startsWith("@")) return found;
  if (!words.length && !isDeeds) {
    const last = remembered().map((one) => local.find((other) => other.label === one.label) ?? (one.url ? one : null)).filter(Boolean);
    return [...last.map((one) => ({ ...one, group: say("last") })), ...local.filter((one) => !last.includes(one))];
  }
  const fit = local.filter(matches(words)), by = (test) => fit.filter(test).sort(words.length ? nearer(words) : () => 0);
  const isGo = (one) => one.group === say("goto"), isHelp = (one) => one.group === say("help");
  const deeds = [...by((one) => !isGo(one) && !isHelp(one))].sort((a, b) => Number(a.group === say("here")) - Number(b.group === say("here")));
  return isDeeds ? [...deeds, ...by(isHelp)] : [...deeds, ...by(isGo), ...found, ...by(isHelp)];
}

function draw() {
  options = shownNow();
  const parts = new Map();
  options.forEach((one, at) => {
    if (!parts.has(one.group)) {
      const part = document.createElement("div"), head = Object.assign(document.createElement("div"), { className: "h", id: `palette-h-${parts.size}`, textContent: one.group });
      part.setAttribute("role", "group");
      part.setAttribute("aria-labelledby", head.id);
      head.setAttribute("role", "presentation");
      part.append(head);
      parts.set(one.group, part);
    }
    parts.get(one.group).append(drawn(one, at));
  });
  list.replaceChildren(...parts.values());
  box.querySelector("[data-none]").hidden = Boolean(options.length);
  point(list.querySelector("[role=option]"));
}

async function ask() {
  const typed = input.value.trim();
  if (typed === asked) return;
  asked = typed;
  isAsking = true;
  if (typed.replace(/^@/, "").length < 2 || typed.startsWith(">")) { found = []; isAsking = isHasty = false; draw(); return; }
  try {
    const answer = await fetch(`${box.dataset.url}?q=${encodeURIComponent(typed)}`, { headers: { ...partial(), Accept: "application/json" } });
    if (asked !== typed || !box.open) return;
    if (!answer.ok || isSignIn(answer.url)) { box.close(); refused(answer.ok ? 401 : answer.status); return; }
    found = (await answer.json()).groups.flatMap((group) => group.items.map((one) => ({ ...one, group: group.label })));
    draw();
    if (isHasty) run(list.querySelector(".on"));
  } catch {
    found = [];
  } finally {
    if (asked === typed) isAsking = isHasty = false;
  }
}

/** Enter takes the first that fits; who types fast waits for the records instead of getting nothing. */
function take() {
  if (options.length || (!isAsking && input.value.trim() === asked)) { run(list.querySelector(".on")); return; }
  isHasty = true;
  clearTimeout(wait);
  ask();
}

function run(option) {
  const one = options[Number(option?.id.slice("palette-".length))];
  if (!one) return;
  if (!one.label.includes("@")) remember({ label: one.label, url: one.url ?? "" });
  box.close();
  if (one.run) one.run(); else location.assign(one.url);
}

function open() {
  if (box.open || document.querySelector("dialog:modal")) return;
  document.querySelectorAll(":popover-open").forEach((one) => one.hidePopover());
  local = offered();
  found = [];
  asked = input.value = "";
  isAsking = isHasty = false;
  on.textContent = subject();
  on.hidden = !subject();
  box.showModal();
  draw();
}

if (box) {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.isComposing) return;
    if (event.key.toLowerCase() !== "k" && event.code !== "KeyK") return;
    event.preventDefault();
    if (box.open) box.close(); else open();
  });
  input.addEventListener("input", () => { draw(); clearTimeout(wait); wait = setTimeout(ask, ASK_AFTER); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = [...list.querySelectorAll("[role=option]")], step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) point(all[(all.indexOf(list.querySelector(".on")) + step + all.length) % all.length]);
    else if (event.key === "Enter") take();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", ({ target }) => run(target.closest("[role=option]")));
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.querySelectorAll("[data-open-palette]").forEach((one) => {
    one.hidden = false;
    one.addEventListener("click", () => { one.closest("[popover]")?.hidePopover(); open(); });
  });
}
