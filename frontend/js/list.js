// The rows of the queue as every module of it sees them: by number, drawn anew in place, never moved by themselves.
import { nodes } from "./net.js";

export const queue = document.querySelector("[data-queue]");
export const form = () => document.getElementById("queue-list");
export const rows = () => [...queue.querySelectorAll("tr.r")];
export const current = () => queue.querySelector("tr.r.cur");
export const numberOf = (row) => row.id.slice("row-".length);
export const rowOf = (number) => document.getElementById(`row-${number}`);
export const box = (row) => row?.querySelector("input[type=checkbox]");
export const picked = () => (queue ? [...queue.querySelectorAll("tr.r input:checked")] : []);
export const address = (base, number) => form().dataset[base].replace("NUMBER", number);

/** Rows out of an answer of the server. */
export function parsed(html) {
  const holder = document.createElement("div");
  holder.append(...nodes(/<table/.test(html) ? html : `<table><tbody>${html}</tbody></table>`));
  return holder;
}

const isSame = (one, other) => one.childNodes.length === other.childNodes.length
  && [...one.childNodes].every((node, index) => node.isEqualNode(other.childNodes[index]));

/** Draw one row's cells as the server has them now; say whether it ought to stand elsewhere. */
export function repaint(row, fresh) {
  row.dataset.v = fresh.dataset.v;
  row.classList.toggle("unread", fresh.classList.contains("unread"));
  [...fresh.cells].forEach((cell, index) => {
    const old = row.cells[index];
    if (!old || index === 0 || (isSame(old, cell) && !old.hasAttribute("aria-busy"))) return;
    old.replaceChildren(...cell.cloneNode(true).childNodes);
    old.removeAttribute("aria-busy");
  });
  document.dispatchEvent(new Event("queue:drawn"));
  if (row.classList.contains("cur") || row.tabIndex === -1) quiet(row);
  const isElsewhere = fresh.hasAttribute("data-gone") || fresh.dataset.place !== row.dataset.place;
  row.toggleAttribute("data-moved", isElsewhere);
  return isElsewhere;
}

/** One tab stop for the whole list: what lies inside a row is reached by keys of the row. */
export function quiet(row) {
  if (document.documentElement.dataset.keys === "off") return;
  row.querySelectorAll("a, input").forEach((inner) => { inner.tabIndex = -1; });
}
