// A button that copies what stands in a field; without a script the field is there to be marked by hand.
import { announce, say } from "./words.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.querySelector(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    announce(say("copied"));
  });
}
