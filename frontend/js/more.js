// The next rows come before the end is reached: pages by key, appended where the list ends.
import { isSignIn, partial, refused } from "./net.js";
import { box, form, parsed, queue, quiet, rows } from "./list.js";
import { tick } from "./clock.js";

const AHEAD = 0.7;
let loading = null;

const link = () => form()?.querySelector("[data-more]");

/** Put the rows of an answer at the end: a group that goes on goes on. */
function append(content) {
  const table = form().querySelector("table.q"), first = rows().length;
  for (const body of [...content.querySelectorAll("tbody")]) {
    const last = table.tBodies[table.tBodies.length - 1];
    if (last?.dataset.group === body.dataset.group) last.append(...body.querySelectorAll("tr.r"));
    else table.append(body);
  }
  rows().slice(first).forEach((row, index) => { row.tabIndex = -1; row.setAttribute("aria-rowindex", first + index + 2); quiet(row); });
  if (queue.querySelector("[data-all]")?.checked) rows().slice(first).forEach((row) => { box(row).checked = true; });
  const next = content.querySelector("a[data-more]");
  if (next) link().href = next.getAttribute("href"); else link().closest(".pager").remove();
  const shown = queue.querySelector("[data-shown]");
  if (shown) shown.textContent = rows().length;
  tick(table);
}

async function load() {
  form().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link().href, { headers: partial("queue-more") });
    if (!answer.ok || isSignIn(answer.url)) { refused(answer.ok ? 401 : answer.status, form()); return; }
    append(parsed(await answer.text()));
  } catch {
    refused(0, form());
  } finally {
    form().removeAttribute("aria-busy");
  }
}

/** Load the next page, once at a time; nothing at the end. */
export function more() {
  if (!link()) return Promise.resolve();
  loading ??= load().finally(() => { loading = null; });
  return loading;
}

/** After the list was drawn anew: as many rows as stood there before. */
export async function upTo(count) {
  while (link() && rows().length < count) {
    const before = rows().length;
    await more();
    if (rows().length === before) return;
  }
}

if (queue) {
  queue.addEventListener("scroll", ({ target }) => {
    if (target.id === "queue-list" && target.scrollTop + target.clientHeight > target.scrollHeight * AHEAD) more();
  }, true);
  queue.addEventListener("click", (event) => {
    if (!event.target.closest("[data-more]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    more();
  });
}
