// Files of an editor go to the server at once, each with a line of its own, and wait there with the draft.
import { fail, say } from "./words.js";
import { partial } from "./net.js";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export function attach(form, url) {
  const input = form.querySelector('input[type="file"]'), list = form.querySelector("[data-files]");
  const line = form.querySelector("[data-file-line]");
  if (!input || !list || !url) return;
  const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));

  const add = ({ id, name, size }) => {
    const row = line.content.firstElementChild.cloneNode(true), [shown, weight] = row.querySelectorAll("span");
    shown.textContent = name;
    weight.textContent = size;
    row.querySelector("input").value = id;
    list.append(row);
    return row;
  };

  input.addEventListener("change", async () => {
    if (!input.files.length) return;
    const data = new FormData(), waiting = [...input.files].map((one) => add({ id: "", name: one.name, size: "…" }));
    [...input.files].forEach((one) => data.append("files", one));
    input.value = "";
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { method: "POST", body: data, headers: { ...partial(), "X-CSRFToken": token() } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      (await answer.json()).files.forEach(add);
      changed();
    } catch (error) {
      fail(say(error.message === "413" ? "filelarge" : "failed"), form);
    } finally {
      waiting.forEach((one) => one.remove());
      form.removeAttribute("aria-busy");
      form.querySelector("[data-file-names]")?.replaceChildren();
    }
  });
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-remove-file]");
    if (!button) return;
    button.closest("li").remove();
    form.elements.body.focus();
    changed();
  });
}
