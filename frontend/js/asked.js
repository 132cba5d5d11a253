// The fields that the answers ask for: a late answer of the server brings and takes fields, never what was written since.
import { nodes } from "./net.js";

const nameOf = (group) => group.querySelector("[name]")?.name ?? "";

/** Make `box` hold the groups of fields that `wanted` names, in their order. One that is there already stays: its text,
 * its caret, the focus in it. */
export function reconcile(box, wanted) {
  const here = new Map([...box.children].map((one) => [nameOf(one), one]));
  const stays = wanted.map((one) => here.get(nameOf(one)) ?? one);
  for (const one of [...box.children]) if (!stays.includes(one)) one.remove();
  let at = box.firstElementChild;
  for (const one of stays) {
    if (one === at) at = at.nextElementSibling;
    else box.insertBefore(one, at);
  }
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap || !detail.target.matches("[data-asked]")) return;
  detail.shouldSwap = false;
  reconcile(detail.target, nodes(detail.serverResponse).filter((one) => one instanceof Element));
});
