// Lists of lines (the Inbox, teams, a team's board): J and K move from line to line; in the Inbox E is done with one, and
// the next takes its place.
import { isField, keyName } from "./keys.js";

const inbox = document.getElementById("inbox-lines"), MEMORY = "inbox-at";
const links = () => [...document.querySelectorAll("[data-line-link]")];
const at = () => links().indexOf(document.activeElement);

function go(index) {
  const all = links();
  all[Math.max(0, Math.min(all.length - 1, index))]?.focus();
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
  if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog:modal, :popover-open")) return;
  const name = keyName(event), here = at();
  if (name === "j" || name === "arrowdown") { event.preventDefault(); go(here + 1); }
  else if (name === "k" || name === "arrowup") { event.preventDefault(); go(here < 0 ? 0 : here - 1); }
  else if (inbox && name === "e" && here >= 0) { event.preventDefault(); document.activeElement.closest("[data-line]").querySelector("[data-line-done]").click(); }
}

if (inbox || links().length) document.addEventListener("keydown", onKey, true);
if (inbox) {
  inbox.addEventListener("submit", ({ target }) => {
    const index = [...inbox.querySelectorAll("form")].indexOf(target);
    sessionStorage.setItem(MEMORY, String(index));
  });
  const kept = sessionStorage.getItem(MEMORY);
  sessionStorage.removeItem(MEMORY);
  if (kept !== null) go(Number(kept));
}
