// A field one types in, and a list that narrows: pickers and the filter. Arrows move, Enter takes, the mouse may click.

import { nodes } from "./net.js";

const isShown = (option) => !option.closest("li").hidden;
const all = (finder) => [...finder.querySelectorAll("[data-option]")];
const active = (finder) => finder.querySelector("[data-option].on");
const SEARCH_AFTER = 150;
let wait = 0, serial = 0;

function point(finder, option) {
  active(finder)?.classList.remove("on");
  const field = finder.querySelector("[data-find]");
  if (!option) { field?.removeAttribute("aria-activedescendant"); return; }
  option.classList.add("on");
  option.id ||= `option-${serial += 1}`;
  field?.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

/** Leave what was typed: words in any order, from the beginning of a word first. */
export function narrow(finder) {
  const words = finder.querySelector("[data-find]").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  for (const option of all(finder)) {
    const text = option.textContent.trim().toLowerCase();
    option.closest("li").hidden = !words.every((word) => text.includes(word)) && !option.querySelector(":checked");
  }
  const left = all(finder).filter(isShown);
  const best = left.find((one) => one.textContent.trim().toLowerCase().startsWith(words.join(" "))) ?? left[0];
  point(finder, words.length || !active(finder) || !isShown(active(finder)) ? best : active(finder));
}

async function search(field, finder) {
  const list = finder.querySelector(".options");
  const answer = await fetch(`${field.dataset.search}&q=${encodeURIComponent(field.value)}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const kept = [...list.querySelectorAll("li")].filter((one) => one.querySelector(":checked"));
  const values = kept.map((one) => one.querySelector("input").value);
  list.replaceChildren(...nodes(await answer.text()));
  list.querySelectorAll("input").forEach((one) => { if (values.includes(one.value)) one.closest("li").remove(); });
  list.prepend(...kept);
  narrow(finder);
}

document.addEventListener("input", ({ target }) => {
  const finder = target.closest?.("[data-finder]");
  if (!finder || !target.matches("[data-find]")) return;
  clearTimeout(wait);
  if (target.dataset.search) wait = setTimeout(() => search(target, finder), SEARCH_AFTER);
  else narrow(finder);
});

/** Take an option: a link is followed, a value is ticked and, alone, sent. */
function take(finder, option) {
  const check = option.querySelector("input[type=checkbox]");
  if (!check) { option.click(); return; }
  const others = finder.querySelectorAll("input[type=checkbox]:checked").length;
  check.checked = true;
  if (!others) finder.requestSubmit();
  else { const field = finder.querySelector("[data-find]"); field.value = ""; narrow(finder); }
}

document.addEventListener("keydown", (event) => {
  const field = event.target, finder = field.closest?.("[data-finder]");
  if (!finder || !field.matches("[data-find]") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const left = all(finder).filter(isShown), at = left.indexOf(active(finder));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) point(finder, left[(at + step + left.length) % left.length]);
  else if (event.key === "Enter" && (active(finder) ?? left[0])) take(finder, active(finder) ?? left[0]);
  else if (event.key === " " && !field.value && active(finder)?.querySelector("input")) active(finder).querySelector("input").click();
  else return;
  event.preventDefault();
});

// Alt and an arrow move a row of a list that has an order of its own.
document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("[data-sortable] li"), step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  const other = item && step && event.altKey && item[step];
  if (!other) return;
  event.preventDefault();
  if (event.key === "ArrowUp") other.before(item); else other.after(item);
  event.target.focus();
});

document.addEventListener("htmx:load", ({ target }) => {
  const finder = target.matches?.("[data-finder]") ? target : target.querySelector?.("[data-finder]");
  if (finder?.querySelector("[data-find]")) narrow(finder);
});
