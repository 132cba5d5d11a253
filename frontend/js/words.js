// Words of the page, translated by the server, and the one polite voice.

const words = document.getElementById("words")?.dataset ?? {};

/** A sentence by its name in base.html, with each %s replaced in order. */
export function say(name, ...values) {
  return values.reduce((text, value) => text.replace("%s", value), words[name] ?? name);
}

/** Speak to a screen reader, at most the newest sentence. */
export function announce(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

/** A sentence as a notice; the caller puts it where the eyes are. */
export function notice(text, kind = "danger") {
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  box.setAttribute("role", "alert");
  box.dataset.notice = "";
  box.textContent = text;
  return box;
}

/** Show a failure at the form or in the corner, never more than one. */
export function fail(text, at, link) {
  document.querySelectorAll("[data-notice]").forEach((old) => old.remove());
  const box = notice(text);
  if (link) box.append(" ", link);
  const form = at?.closest?.("form, dialog");
  (form ?? document.getElementById("toasts")).prepend(box);
}
