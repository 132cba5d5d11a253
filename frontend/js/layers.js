// What floats: the shared dialog, menus (native popovers), toasts.
import htmx from "./net.js";

const TOAST_MS = 8000;
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
  if (closer?.dataset.close === "toast") closer.closest("[data-toast]")?.remove();
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === dialog && !dialog.open) dialog.showModal();
});
// A key opens a dialog without focusing its link; afterwards the focus must not be nowhere.
dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  if (document.activeElement !== document.body) return;
  const row = document.querySelector("[data-queue] tr.r.cur");
  (row ?? opener)?.focus();
});

/** A toast goes after eight seconds; it stays while it is pointed at, holds the focus, or offers to undo. */
function watch(toast) {
  toast.querySelector('[data-close="toast"]')?.removeAttribute("hidden");
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
    else toast.remove();
  };
  if (!toast.querySelector(".undo")) setTimeout(leave, TOAST_MS);
}
document.querySelectorAll("[data-toast]").forEach(watch);
document.addEventListener("htmx:load", ({ target }) => target.querySelectorAll?.("[data-toast]").forEach(watch));
