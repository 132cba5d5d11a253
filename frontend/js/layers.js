// What floats: the shared dialog and menus (native popovers).
import htmx from "./net.js";

const dialog = document.getElementById("dialog");
let opener = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && dialog) {
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    opener = link;
    htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML", source: link });
  }
  const closer = event.target.closest("[data-close]");
  if (closer?.dataset.close === "dialog") closer.closest("dialog")?.close();
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === dialog && !dialog.open) dialog.showModal();
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
  dialog.replaceChildren();
  if (document.activeElement !== document.body) return;
  const row = document.querySelector("[data-queue] tr.r.cur");
  (row ?? opener)?.focus();
});
