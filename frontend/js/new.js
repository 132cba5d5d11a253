// A new ticket: choosing what was suggested, and the stopwatch of a call.
import { now } from "./clock.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-choose]");
  const field = button && document.querySelector(`form [name="${button.dataset.choose}"]`);
  if (!field) return;
  field.value = button.dataset.value;
  field.focus();
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

const watch = document.querySelector("[data-stopwatch]");
if (watch) {
  const began = Date.parse(watch.dataset.stopwatch);
  const show = () => {
    const seconds = Math.max(0, Math.floor((now() - began) / 1000));
    watch.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  setInterval(show, 1000);
}
