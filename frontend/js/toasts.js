// One toast at a time, above the editors and never over what has the focus; gone after eight seconds unless it is
// pointed at or holds the focus. Undo in the list is done behind the page; elsewhere the form is sent.
import { isSignIn, partial, refused } from "./net.js";
import { announce, fail, say } from "./words.js";

const TOAST_MS = 8000, GAP = 8;
const holder = document.getElementById("toasts");
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const isSingle = (form) => form?.getAttribute("action")?.includes("/desk/undo/");
let timer = 0;

/** Above the composer of the page, and away from the element with the focus. */
function place() {
  const composer = [...document.querySelectorAll("[data-composer]")].find((one) => one.checkVisibility());
  const box = composer?.getBoundingClientRect(), bottom = box && box.top < innerHeight && box.height ? innerHeight - box.top + GAP : 52;
  holder.style.setProperty("--above", `${Math.min(bottom, innerHeight - 120)}px`);
  const toast = holder.firstElementChild?.getBoundingClientRect(), held = document.activeElement;
  if (!toast || held === document.body || holder.contains(held) || held.matches("tr, main, [data-stream]")) return;
  const at = held.getBoundingClientRect();
  if (at.top < toast.bottom && at.bottom > toast.top && at.left < toast.right && at.right > toast.left) holder.style.setProperty("--above", `${innerHeight - at.top + GAP}px`);
}

function watch(toast) {
  holder.querySelectorAll("[data-toast]").forEach((one) => { if (one !== toast) one.remove(); });
  toast.querySelector('[data-close="toast"]')?.removeAttribute("hidden");
  place();
  clearTimeout(timer);
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) timer = setTimeout(leave, 1000);
    else toast.remove();
  };
  // What can be taken back for minutes (many tickets at once) stays until it is closed; one press is soon forgotten.
  if (!toast.querySelector(".undo") || isSingle(toast.querySelector("form"))) timer = setTimeout(leave, TOAST_MS);
}

/** Say what was done, with Undo where there is an address for it. */
export function toast(text, undoUrl = "") {
  const made = document.getElementById("toast").content.firstElementChild.cloneNode(true), form = made.querySelector("form");
  made.querySelector("span").textContent = text;
  if (undoUrl) { form.action = undoUrl; form.elements.csrfmiddlewaretoken.value = token(); } else form.remove();
  holder.replaceChildren(made);
  watch(made);
  announce(text);
}

async function undo(form) {
  form.closest("[data-toast]").remove();
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { ...partial(), "X-CSRFToken": token() } });
    if (isSignIn(answer.url)) { refused(401); return; }
    const told = await answer.json();
    if (told.number) document.dispatchEvent(new CustomEvent("queue:heard", { detail: told.number }));
    if (answer.ok) toast(told.sentence); else fail(told.sentence);
  } catch {
    refused(0);
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-toast]") || !isSingle(event.target) || !document.querySelector("[data-queue]")) return;
  event.preventDefault();
  undo(event.target);
});
document.addEventListener("click", ({ target }) => { if (target.closest('[data-close="toast"]')) target.closest("[data-toast]")?.remove(); });
document.addEventListener("focusin", () => { if (holder?.firstElementChild) place(); });

// Several sentences of one answer are one toast: each keeps its line.
const first = [...(holder?.querySelectorAll("[data-toast]") ?? [])];
if (first.length) {
  for (const one of first.slice(0, -1)) {
    const line = Object.assign(document.createElement("span"), { textContent: one.querySelector("span").textContent });
    first.at(-1).prepend(line);
  }
  watch(first.at(-1));
}
document.addEventListener("htmx:load", ({ target }) => target.querySelectorAll?.("[data-toast]").forEach(watch));
