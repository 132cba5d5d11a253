// Reply and note are two editors with two texts and two drafts. No line here reads one and writes the other.
import { attach } from "./attach.js";
import { forgetSent, keep, keepLocally } from "./drafts.js";
import { startOutbox } from "./outbox.js";
import { startMacros } from "./macros.js";
import { offer } from "./suggest.js";

const isMenu = (event) => (event.ctrlKey || event.metaKey) && event.key === ".";
const isSend = (event) => (event.ctrlKey || event.metaKey) && event.key === "Enter";

function startEditor(form, composer, told) {
  const area = form.elements.body;
  const ids = () => [...form.querySelectorAll('[name="upload"]')].map((one) => one.value).filter(Boolean);
  attach(form, composer.dataset.upload);
  keep(form, {
    read: () => ({ body: area.value, uploads: ids(), caret: area.selectionStart, seen: Number(form.elements.seen.value) }),
    write: (text) => { area.value = text; },
    told,
  });
  if (form.dataset.editor === "note") offer(area, "@", composer.dataset.mentions);
  offer(area, "#", composer.dataset.records);
  form.addEventListener("submit", () => { if (form.elements.caret) form.elements.caret.value = area.selectionStart; });
}

/** Ctrl . chooses what sending does to the state; the button then says it, and nothing is sent yet. */
function startMenu(form) {
  const menu = form.querySelector("#send-menu"), button = form.querySelector("[data-send]");
  if (!menu) return;
  const items = [...menu.querySelectorAll("button")];
  menu.addEventListener("click", (event) => {
    const item = event.target.closest("button");
    if (!item) return;
    event.preventDefault();
    button.value = item.value;
    form.querySelector('input[name="then"]').value = item.value;
    button.firstChild.textContent = `${item.dataset.deed} `;
    menu.hidePopover();
    form.elements.body.focus();
  });
  menu.addEventListener("toggle", ({ newState }) => { if (newState === "open") items[0].focus(); });
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const lettered = event.key.length === 1 && items.find((one) => one.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    if (step) items[(at + step + items.length) % items.length].focus();
    else if (lettered) lettered.focus();
    else return;
    event.preventDefault();
  });
}

function start(composer) {
  composer.dataset.started = "1";
  const state = composer.querySelector("[data-draft-state]");
  const told = (text) => { if (state) state.textContent = text; };
  const editor = (kind) => composer.querySelector(`form[data-editor="${kind}"]`);
  const opener = (kind) => composer.querySelector(`[data-compose="${kind}"]`);

  const open = (kind, focus = true) => {
    composer.dataset.open = kind;
    for (const link of composer.querySelectorAll("[data-compose]")) {
      const isOpen = link.dataset.compose === kind;
      editor(link.dataset.compose).hidden = !isOpen;
      if (isOpen) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
    const area = kind && editor(kind).elements.body;
    if (!area || !focus) return;
    const caret = Number(editor(kind).dataset.caret ?? area.value.length);
    delete editor(kind).dataset.caret;
    area.focus();
    if (area.selectionStart === area.selectionEnd) area.setSelectionRange(caret, caret);
  };

  for (const form of composer.querySelectorAll("form[data-editor]")) startEditor(form, composer, told);
  if (editor("reply")) startMenu(editor("reply"));
  startMacros(composer, { open, editor });
  composer.addEventListener("click", (event) => {
    const link = event.target.closest("[data-compose]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(link.dataset.compose);
  });
  composer.addEventListener("keydown", (event) => {
    const form = event.target.closest("form[data-editor]");
    if (event.isComposing || event.defaultPrevented || !composer.dataset.open) return;
    if (event.key === "Escape" && !composer.querySelector(":popover-open")) {
      event.preventDefault();
      const was = composer.dataset.open;
      open("");
      opener(was).focus();
    } else if (form && isMenu(event)) {
      event.preventDefault();
      form.querySelector("#send-menu")?.showPopover();
      form.querySelector("#send-menu button")?.focus();  // at once: the next letter is for the menu
    } else if (form && isSend(event) && event.shiftKey && form.elements.next) {
      form.elements.next.value = "1";  // and the page's own keys press the button
    }
  });
  // Quote puts that one message into the editor of its own audience: words of a note never reach a reply.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-quote]");
    if (!button || !editor(button.dataset.quote)) return;
    open(button.dataset.quote);
    const area = editor(button.dataset.quote).elements.body;
    const said = button.closest(".msg").querySelector(".prose").innerText.trim();
    const quote = `${said.split("\n").map((line) => `> ${line}`).join("\n")}\n\n`;
    area.setRangeText((area.selectionStart && !area.value.slice(0, area.selectionStart).endsWith("\n") ? "\n" : "") + quote, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const asked = composer.dataset.open;
  const unfinished = ["reply", "note"].find((kind) => editor(kind)?.elements.body.value.trim());
  if (asked || unfinished) open(asked || unfinished, Boolean(asked) && !composer.querySelector(".errors [data-focus]"));
  startOutbox(composer);
}

forgetSent();
document.querySelectorAll("[data-composer]:not([data-started])").forEach(start);
document.addEventListener("htmx:load", ({ target }) => {
  const found = target.matches?.("[data-composer]") ? [target] : [...(target.querySelectorAll?.("[data-composer]") ?? [])];
  found.filter((one) => !one.dataset.started).forEach(start);
});
document.querySelectorAll("textarea[data-draft]").forEach(keepLocally);

// A conversation opens at what is new, else at its end, unless the address names a message.
const stream = document.querySelector("[data-stream]");
if (stream && !/^#message-/.test(location.hash)) {
  const here = stream.querySelector("[data-open-here]");
  if (here) here.scrollIntoView({ block: "start" }); else stream.scrollTop = stream.scrollHeight;
}
