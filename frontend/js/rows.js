// Tables of rows in a form (targets, limits): one more row at a press, and one less. Without this script the server adds them.
const NAMES = ["name", "id", "for", "aria-describedby"];

/** The same row, empty, under the next number. */
function renumber(row, prefix, number) {
  const old = new RegExp(`\\b${prefix}\\d+_`);
  row.querySelectorAll("*").forEach((one) => NAMES.forEach((name) => {
    const value = one.getAttribute(name);
    if (value) one.setAttribute(name, value.replace(old, `${prefix}${number}_`));
  }));
  row.id = row.id.replace(/\d+$/, number + 1);
  row.querySelector("[data-number]").textContent = number + 1;
  row.querySelectorAll(".err").forEach((one) => one.remove());
  row.querySelectorAll(".bad").forEach((one) => one.classList.remove("bad"));
  empty(row);
}

function empty(row) {
  row.querySelectorAll("input, select").forEach((one) => {
    if (one.type === "checkbox") one.checked = false;
    else one.value = "";
    one.removeAttribute("aria-invalid");
  });
}

document.addEventListener("click", (event) => {
  const adds = event.target.closest?.("[data-add-row]"), drops = event.target.closest?.("[data-drop-row]");
  if (adds) {
    event.preventDefault();
    const part = adds.closest("[data-rows]"), rows = part.querySelectorAll("[data-row]"), last = rows[rows.length - 1];
    const count = adds.form.elements[adds.value], made = last.cloneNode(true);
    renumber(made, part.dataset.rows, Number(count.value));
    made.hidden = false;
    count.value = Number(count.value) + 1;
    last.after(made);
    made.querySelector("select, input").focus();
  } else if (drops) {
    const row = drops.closest("[data-row]"), next = row.nextElementSibling;
    empty(row);
    row.hidden = true;
    next?.querySelector("select, input, button")?.focus();
  }
});

document.querySelectorAll("[data-drop-row]").forEach((one) => { one.hidden = false; });
