// Focus after a change of the page: to the new thing, else where it was, else to the nearest box that can hold it.

let lastId = "", hadFocus = false;

/** Focus what the new content asks for; say whether there was something. */
export function settle(root) {
  const wanted = root.matches?.("[data-focus]") ? root : root.querySelector?.("[data-focus]");
  wanted?.focus();
  return Boolean(wanted);
}

document.addEventListener("htmx:beforeRequest", () => { hadFocus = document.activeElement !== document.body; });
document.addEventListener("htmx:beforeSwap", () => { lastId = document.activeElement?.id ?? ""; });

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (settle(target) || !hadFocus || document.activeElement !== document.body) return;  // a box that loads by itself takes none
  const same = lastId && document.getElementById(lastId);
  (same || target.closest('[tabindex="-1"]'))?.focus();
});

document.querySelector(".with-index > nav [aria-current]")?.scrollIntoView({ block: "nearest" });
settle(document.body);
