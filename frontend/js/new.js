// A new ticket: the caller by the first letters, choosing what was suggested, and the stopwatch of a call.
import { now } from "./clock.js";

// Enter goes on with the first caller that fits what is typed, once the list is of these letters.
const caller = document.getElementById("caller"), people = document.getElementById("callers");
if (caller && people) {
  let listed = caller.value, isHasty = false;
  const first = () => people.querySelector("a[href]");
  people.addEventListener("htmx:afterSwap", ({ detail }) => {
    listed = new URL(detail.xhr.responseURL).searchParams.get("q") ?? "";
    if (isHasty && listed === caller.value) { isHasty = false; if (first()) first().click(); else caller.form.requestSubmit(); }
  });
  caller.addEventListener("input", () => { isHasty = false; });
  caller.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && first()) { event.preventDefault(); first().focus(); return; }
    if (event.key !== "Enter" || event.isComposing || !caller.value.trim()) return;
    if (listed !== caller.value) isHasty = true;
    else if (first()) first().click();
    else return;
    event.preventDefault();
  });
}

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
