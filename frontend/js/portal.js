// The fault form: the service that the words name is chosen until the reader chooses one himself.
const select = document.querySelector("#report select[name=service]");
let isOwn = Boolean(select?.value);

select?.addEventListener("change", () => { isOwn = true; });
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "similar" || !select || isOwn) return;
  const guess = target.querySelector("[data-guess]")?.dataset.guess ?? "";
  if (select.value === guess) return;
  select.value = guess;
  select.form.dispatchEvent(new Event("guessed"));
});

// Escape in the search field puts the answers away; they come back with the next letter.
document.addEventListener("keydown", (event) => {
  const hits = document.querySelector("[data-hits]");
  if (event.key !== "Escape" || !hits?.childElementCount || !event.target.closest?.(".heroes")) return;
  hits.replaceChildren();
  document.getElementById("ask")?.focus();
});

// From the field into the answers and back by arrows.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const field = document.getElementById("ask"), links = [...document.querySelectorAll("[data-hits] a")];
  const at = links.indexOf(document.activeElement);
  if (!links.length || (at < 0 && document.activeElement !== field)) return;
  event.preventDefault();
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  (links[next] ?? (next < 0 ? field : links.at(-1))).focus();
});

// Pages that say how things stand are read anew each minute, unless somebody is reading or writing there.
const polled = document.querySelector("[data-poll]");
if (polled?.dataset.poll === "60") {
  setInterval(() => { if (!document.hidden && document.activeElement === document.body) location.reload(); }, 60_000);
}
