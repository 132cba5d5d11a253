// What is copied: the text of a field beside the button, or the address of a ticket.
import { announce, say } from "./words.js";

/** Put a text on the clipboard and say so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    announce(say("copied"));
  } catch {
    announce(text);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.querySelector(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => { field.select(); copy(field.value); });
}
document.querySelectorAll("[data-copy-link]").forEach((button) => { button.hidden = !navigator.clipboard; });
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy-link]");
  if (button) copy(new URL(button.dataset.copyLink, location.href).href);
});
