// A form of several fields has one draft on the server: every field by its name, so that another device goes on with it.
import { keep } from "./drafts.js";

const UNKEPT = new Set(["csrfmiddlewaretoken", "once", "form_key", "started", "files", "version", "reason"]);

/** The fields of a form by name: a text each, a list for boxes that share a name. */
function read(form) {
  const fields = {};
  for (const one of form.elements) {
    if (!one.name || UNKEPT.has(one.name) || ["file", "submit", "button"].includes(one.type)) continue;
    if (one.type === "checkbox") {
      fields[one.name] ??= [];
      if (one.checked) fields[one.name].push(one.value);
    } else if (one.type !== "radio" || one.checked) fields[one.name] = one.value;
  }
  return { body: "", uploads: [], fields };
}

/** Put kept fields back; says whether one of them differed. A field that this page does not ask for stays away. */
function restore(form, { fields = {} }) {
  let differs = false;
  for (const one of form.elements) {
    const kept = fields[one.name];
    if (kept === undefined || one.type === "file") continue;
    if (one.type === "checkbox" || one.type === "radio") {
      const isOn = [kept].flat().includes(one.value);
      differs ||= isOn !== one.checked;
      one.checked = isOn;
    } else if (one.value !== kept) {
      one.value = kept;
      differs = true;
    }
  }
  return differs;
}

for (const form of document.querySelectorAll("form[data-filled]")) {
  const line = form.querySelector("[data-draft-state]");
  keep(form, {
    read: () => read(form),
    restore: (kept) => restore(form, kept),
    told: (text) => { if (line) line.textContent = text; },
  });
}
