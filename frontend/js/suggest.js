// While one types: colleagues after @ (in notes only), records after #. A listbox at the field, the field keeps focus.
import { partial } from "./net.js";
import { announce, say } from "./words.js";

const WAIT_MS = 120;
let count = 0;

export function offer(area, sign, url) {
  if (!url) return;
  const box = document.createElement("div");
  box.className = "suggest";
  box.id = `suggest-${count += 1}`;
  box.setAttribute("role", "listbox");
  box.hidden = true;
  area.after(box);
  let rows = [], at = 0, from = -1, timer = 0, asked = "", isPending = false, isHasty = false, sending = null;

  const close = () => {
    box.hidden = true;
    rows = [];
    area.removeAttribute("aria-activedescendant");
  };
  const mark = () => [...box.children].forEach((one, index) => {
    one.setAttribute("aria-selected", String(index === at));
    if (index === at) area.setAttribute("aria-activedescendant", one.id);
  });
  const draw = () => {
    box.replaceChildren(...rows.map((row, index) => {
      const one = document.createElement("div");
      one.id = `${box.id}-${index}`;
      one.setAttribute("role", "option");
      one.append(Object.assign(document.createElement("b"), { textContent: row.text }), ` ${row.note}`);
      one.addEventListener("pointerdown", (event) => { event.preventDefault(); at = index; pick(); });
      return one;
    }));
    box.hidden = !rows.length;
    at = 0;
    mark();
    if (rows.length) announce(say("suggested", rows.length));
  };
  const pick = () => {
    area.setRangeText(rows[at].insert, from, area.selectionStart, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };
  const ask = async () => {
    const word = asked;
    try {
      const answer = await fetch(`${url}?q=${encodeURIComponent(word)}`, { headers: partial() });
      if (!answer.ok || word !== asked) return;
      rows = (await answer.json()).found;
      draw();
    } catch {
      close();
    } finally {
      if (word === asked) isPending = false;
      if (isHasty && word === asked) settle();
    }
  };
  /** Enter that came before the list did: the first one that fits, or the new line that it was; then the send that followed. */
  const settle = () => {
    const { ctrlKey, metaKey, shiftKey } = sending ?? {};
    isHasty = false;
    if (rows.length) pick();
    else {
      area.setRangeText("\n", area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (sending) area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true }));
    sending = null;
  };
  area.addEventListener("input", () => {
    const before = area.value.slice(0, area.selectionStart);
    const found = before.match(sign === "@" ? /(?:^|[\s(])@([^@\n]{0,40})$/ : /(?:^|[\s(])#([\w-]{0,24})$/);
    clearTimeout(timer);
    if (!found || (sign === "@" && / {2}$|[.,;:!?]/.test(found[1]))) { asked = ""; isPending = false; close(); return; }
    from = area.selectionStart - found[1].length - 1;
    asked = found[1];
    isPending = true;
    timer = setTimeout(ask, WAIT_MS);
  });
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const isEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (isHasty && event.key === "Enter") { if (!isEnter) sending = event; event.preventDefault(); event.stopPropagation(); return; }
    if (isHasty && event.key.length === 1) settle();
    if (isEnter && isPending && asked && !/\s/.test(asked)) { isHasty = true; event.preventDefault(); event.stopPropagation(); return; }
    if (box.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at = (at + step + rows.length) % rows.length; mark(); }
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") pick();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  area.addEventListener("blur", close);
}
