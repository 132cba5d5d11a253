// What floats: the shared dialog and menus (native popovers). The dialog is there at once and its content follows: what is
// typed meanwhile is no command, and stands in the first field when it comes.
import htmx from "./net.js";
import { say } from "./words.js";

const dialog = document.getElementById("dialog"), SWAPPED = [409, 412, 422];
let opener = null, catcher = null, isHasty = false, isLeft = false;

function wait() {
  const told = Object.assign(document.createElement("p"), { className: "dlg-body dim", id: "dialog-title", textContent: say("loading") });
  catcher = Object.assign(document.createElement("input"), { className: "sr", type: "text" });
  catcher.dataset.catcher = "";
  catcher.setAttribute("aria-label", say("loading"));
  catcher.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) isHasty = true; });
  isHasty = isLeft = false;
  dialog.replaceChildren(told, catcher);
  if (!dialog.open) dialog.showModal();
  catcher.focus();
}

/** What was typed goes into the field that has the focus now; Enter sends a form that asks for that alone. */
function handOver(typed) {
  const field = document.activeElement;
  if (!typed || !dialog.contains(field) || !field.matches("input, textarea")) return;
  field.value += typed;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (isHasty && field.matches("input")) field.form.requestSubmit();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && dialog) {
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    opener = link;
    if (!dialog.open) wait();
    htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML", source: link });
  }
  const closer = event.target.closest("[data-close]");
  if (closer?.dataset.close === "dialog") closer.closest("dialog")?.close();
});

document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (catcher && detail.target === dialog && detail.xhr.status >= 400 && !SWAPPED.includes(detail.xhr.status)) dialog.close();
});
document.addEventListener("htmx:sendError", ({ detail }) => { if (catcher && detail.target === dialog) dialog.close(); });
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== dialog) return;
  if (isLeft) detail.shouldSwap = false;
  else if (catcher && !detail.shouldSwap) dialog.close();
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === dialog && !dialog.open) dialog.showModal();
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target !== dialog || !catcher) return;
  const typed = catcher.value;
  catcher = null;
  handOver(typed);
});
// Arrows walk a menu that is open.
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]:popover-open"), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step || event.target.matches("input, select, textarea")) return;
  const lines = [...menu.querySelectorAll("a[href], button")].filter((one) => one.checkVisibility());
  event.preventDefault();
  lines[(lines.indexOf(event.target) + step + lines.length) % lines.length]?.focus();
});

// A key opens a dialog without focusing its link; afterwards the focus must not be nowhere.
dialog?.addEventListener("close", () => {
  isLeft = Boolean(catcher);
  catcher = null;
  dialog.replaceChildren();
  if (document.activeElement !== document.body) return;
  const row = document.querySelector("[data-queue] tr.r.cur");
  (row ?? opener)?.focus();
});
