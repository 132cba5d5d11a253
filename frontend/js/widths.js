// Widths of columns, by pointer and by arrow keys; and the order of what is kept at hand in the sidebar.
import { form, queue } from "./list.js";
import { partial } from "./net.js";

const LEAST = 36, MOST = 480, STEP = 16, SETTLE_MS = 900;
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
let settling = 0;

const column = (name) => queue.querySelector(`col[data-column="${CSS.escape(name)}"]`);
const widthOf = (grip) => Math.round(grip.closest("th").getBoundingClientRect().width);

function set(grip, width) {
  const fit = Math.max(LEAST, Math.min(MOST, Math.round(width))), col = column(grip.dataset.grip);
  col.style.setProperty("--w", `${fit}px`);
  col.dataset.width = fit;
  grip.setAttribute("aria-valuenow", fit);
  clearTimeout(settling);
}

/** The address says how wide: a view can be saved with it. */
function settle() {
  const names = form().dataset.columns.split(",").map((one) => {
    const name = one.split(":")[0], width = column(name)?.dataset.width;
    return width ? `${name}:${width}` : one;
  });
  const url = new URL(location.href);
  url.searchParams.set("columns", names.join(","));
  location.replace(url);
}

function start(grip) {
  grip.tabIndex = 0;
  grip.setAttribute("aria-valuemin", LEAST);
  grip.setAttribute("aria-valuemax", MOST);
  grip.setAttribute("aria-valuenow", widthOf(grip));
  grip.addEventListener("pointerdown", (event) => {
    const from = event.clientX, width = widthOf(grip), sign = document.dir === "rtl" ? -1 : 1;
    const move = (now) => set(grip, width + sign * (now.clientX - from));
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", () => { grip.removeEventListener("pointermove", move); if (widthOf(grip) !== width) settle(); }, { once: true });
  });
  grip.addEventListener("keydown", (event) => {
    const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight", steps = { [forward]: STEP, [forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"]: -STEP };
    if (!steps[event.key]) return;
    event.preventDefault();
    set(grip, widthOf(grip) + steps[event.key]);
    settling = setTimeout(settle, SETTLE_MS);
  });
}
queue?.querySelectorAll("[data-grip]").forEach(start);

// What is kept at hand: Alt and an arrow, or dragging, changes the order; the server keeps it.
const nav = document.querySelector("nav[data-arrange]");
const kept = () => [...nav.querySelectorAll("[data-starred]")];
let dragged = null;

function save() {
  const body = new URLSearchParams(kept().map((one) => ["slug", one.dataset.starred]));
  fetch(nav.dataset.arrange, { method: "POST", body, headers: { ...partial(), "X-CSRFToken": token() } });
}

nav?.addEventListener("keydown", (event) => {
  const one = event.target.closest("[data-starred]"), all = kept(), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const other = one && event.altKey && step && all[all.indexOf(one) + step];
  if (!other) return;
  event.preventDefault();
  if (step < 0) other.before(one); else other.after(one);
  one.focus();
  save();
});
nav?.addEventListener("dragstart", ({ target }) => { dragged = target.closest?.("[data-starred]"); });
nav?.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-starred]");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  const spot = over.getBoundingClientRect();
  if (event.clientY < spot.top + spot.height / 2) over.before(dragged); else over.after(dragged);
});
nav?.addEventListener("dragend", () => { if (dragged) save(); dragged = null; });
