// Plain forms: one submit per press, files named, the button shows that work goes on.

const reset = () => document.querySelectorAll("form[data-busy]").forEach((form) => {
  delete form.dataset.busy;
  form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
  form.dataset.busy = "1";
  event.submitter?.setAttribute("aria-busy", "true");
}, true);

// Back from another page, a refused request or a download: the form can be sent again.
addEventListener("pageshow", reset);
document.addEventListener("htmx:afterRequest", reset);

document.addEventListener("change", ({ target }) => {
  const names = target.closest?.(".attach")?.querySelector("[data-file-names]");
  if (names) names.textContent = [...target.files].map((file) => file.name).join(", ");
});

// Files pasted into an editor go to the file field of the same form.
document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files;
  const input = event.target.closest?.("form")?.querySelector('input[type="file"]');
  if (!files?.length || !input) return;
  const all = new DataTransfer();
  [...input.files, ...files].forEach((file) => all.items.add(file));
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  event.preventDefault();
});
