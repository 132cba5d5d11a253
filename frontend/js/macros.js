// Macros and saved texts in an editor: "/" at the start of a line, or M. Found by words, each effect shown before
// anything is done; then texts stand in the editor of their own audience, and changes wait as chips until it is sent.
import { partial } from "./net.js";
import { announce, say } from "./words.js";

const WAIT_MS = 120;
const asJson = { ...partial(), Accept: "application/json" };
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const made = (tag, given = {}, ...inside) => {
  const one = Object.assign(document.createElement(tag), given);
  one.append(...inside);
  return one;
};

async function ask(url) {
  const answer = await fetch(url, { headers: asJson });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Put a text where the caret is, and the caret where the text wants it. */
function insert(area, text, cursor) {
  const from = area.selectionStart;
  area.setRangeText(text, from, area.selectionEnd, "end");
  const at = from + (cursor ?? text.length);
  area.setSelectionRange(at, at);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** What a macro changes besides its texts, as chips that go with the send and can be taken away. */
function chips(form, found) {
  const box = form.querySelector("[data-pending]");
  const holder = made("span", { className: "edits" }, made("input", { type: "hidden", name: "macro", value: found.id }));
  for (const one of found.effects.filter((each) => ["field", "assign"].includes(each.kind) && !each.refused)) {
    const chip = made("span", { className: "chip info" }, made("span", { className: "own", textContent: `${one.label}: ${one.after}` }), made("input", { type: "hidden", name: `edit-${found.id}`, value: one.name }));
    const off = made("button", { type: "button", className: "off", textContent: "×" });
    off.setAttribute("aria-label", say("dropedit", one.label));
    off.dataset.dropEdit = "";
    chip.append(off);
    holder.append(chip);
  }
  if (holder.querySelector(".chip")) box.append(holder);
  else fetch(found.used_url, { method: "POST", headers: { ...partial(), "X-CSRFToken": token() } }).catch(() => {});
}

/** A verb that sending can carry out itself: chosen in its menu, and said on the button. */
function verb(composer, found) {
  const then = { hold: "hold", resume: "resume" }[found.verb?.verb];
  if (!then) return;
  composer.querySelector(`#send-menu button[value="${then}"]`)?.click();
}

/** A change that is not wanted after all. */
function drop(button) {
  const holder = button.closest(".edits"), form = button.closest("form");
  button.closest(".chip").remove();
  if (!holder.querySelector(".chip")) holder.remove();
  form.elements.body.focus();
}

export function startMacros(composer, { open, editor }) {
  const url = composer.dataset.macros, box = composer.querySelector("[data-macro-menu]");
  if (!url || !box) return;
  const input = box.querySelector("input"), list = box.querySelector("[data-macro-list]"), view = box.querySelector("[data-macro-view]");
  let rows = [], at = 0, timer = 0, kind = "", slash = false, asked = 0, listed = null, isHasty = false;

  const area = () => editor(kind).elements.body;
  const close = () => {
    box.hidden = true;
    input.setAttribute("aria-expanded", "false");
    if (kind) area().focus();
  };
  const preview = async () => {
    const row = rows[at], mine = asked += 1;
    view.replaceChildren();
    if (!row) return;
    if (row.text !== undefined) { view.append(made("p", { className: "own", textContent: row.text })); return; }
    try {
      row.found ??= await ask(row.url);
    } catch {
      return;
    }
    if (mine !== asked) return;
    view.replaceChildren(...row.found.effects.map((one) => made("p", { className: one.refused ? "dim" : "" }, made("b", { textContent: `${one.label} ` }), made("span", { className: "own", textContent: `${one.before ? `${one.before} → ` : ""}${one.after}${one.refused ? ` (${one.refused})` : ""}` }))));
  };
  const mark = () => {
    [...list.children].forEach((one, index) => {
      one.setAttribute("aria-selected", String(index === at));
      if (index === at) { input.setAttribute("aria-activedescendant", one.id); one.scrollIntoView({ block: "nearest" }); }
    });
    preview();
  };
  const draw = () => {
    list.replaceChildren(...rows.map((row, index) => {
      const one = made("div", { id: `macro-${index}` }, made("b", { className: "own", textContent: row.name }), made("span", { className: "dim own", textContent: ` ${row.does ?? ""}` }));
      one.setAttribute("role", "option");
      one.addEventListener("pointerdown", (event) => { event.preventDefault(); at = index; pick(); });
      return one;
    }));
    at = 0;
    announce(rows.length ? say("suggested", rows.length) : say("nomacro"));
    if (!rows.length) list.append(made("p", { className: "dim", textContent: say("nomacro") }));
    mark();
  };
  const find = async () => {
    const word = input.value;
    try {
      const found = await ask(`${url}?q=${encodeURIComponent(word)}`);
      if (word !== input.value) return;
      rows = [...found.macros, ...found.texts];
      listed = word;
      draw();
      if (isHasty) { isHasty = false; pick(); }
    } catch {
      close();
    }
  };
  const show = (forKind, isSlash) => {
    kind = forKind;
    slash = isSlash;
    open(kind, false);
    rows = [];
    listed = null;
    isHasty = false;
    input.value = "";
    list.replaceChildren();
    view.replaceChildren();
    box.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.focus();
    find();
  };
  /** The sign that opened the menu goes once something was chosen. */
  const unslash = () => {
    const field = area(), before = field.selectionStart;
    if (slash && field.value[before - 1] === "/") field.setRangeText("", before - 1, before, "end");
  };
  const pick = async () => {
    const row = rows[at];
    if (!row) return;
    unslash();
    if (row.text !== undefined) { insert(area(), row.text, row.cursor); close(); return; }
    try {
      row.found ??= await ask(row.url);
    } catch {
      return;
    }
    const { reply, note } = row.found, own = kind;
    for (const [name, written] of [["reply", reply], ["note", note]]) {
      if (written && editor(name)) insert(editor(name).elements.body, written.text, written.cursor);
    }
    kind = reply && editor("reply") ? "reply" : note && editor("note") ? "note" : own;
    chips(editor(kind), row.found);
    verb(composer, row.found);
    open(kind, false);
    close();
    announce(say("macroready", row.name));
  };

  /** Enter takes what fits the words as they are now: who types fast does not get what stood there before. */
  const take = () => {
    if (listed === input.value) { pick(); return; }
    isHasty = true;
    clearTimeout(timer);
    find();
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, WAIT_MS); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return;
    if (step && rows.length) { at = (at + step + rows.length) % rows.length; mark(); }
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) take();
    else if (event.key === "Escape" || event.key === "Tab" || (event.key === "Backspace" && !input.value)) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("focusout", ({ relatedTarget }) => { if (!box.contains(relatedTarget)) box.hidden = true; });
  composer.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-drop-edit]");
    if (button) drop(button);
  });
  composer.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-editor]");
    if (!form || target !== form.elements.body) return;
    const before = target.value.slice(0, target.selectionStart);
    if (/(^|\n)\/$/.test(before)) show(form.dataset.editor, true);
  });
  composer.querySelector("[data-macro-open]")?.addEventListener("click", () => show(composer.dataset.open || (editor("reply") ? "reply" : "note"), false));
}
