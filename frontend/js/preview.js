// The preview beside the list: it follows the cursor, the next row is fetched before it is asked for, and a letter typed
// while it loads is never lost.
import htmx, { isSignIn, partial, refused } from "./net.js";
import { address, current, numberOf, rowOf, rows } from "./list.js";
import { mark } from "./reading.js";

const FOLLOW_AFTER = 120, READ_AFTER = 2000, FRESH_MS = 20_000;
const pane = document.getElementById("preview");
const panes = pane?.parentElement;
const kept = new Map();
let wait = 0, reading = 0, wanted = "";

/** Whether the preview can be seen now. */
export const shown = () => Boolean(pane?.checkVisibility());
/** Whose preview stands there. */
const shownOf = () => pane?.querySelector("[data-preview-of]")?.dataset.previewOf;

/** What was fetched is old: something changed. */
export const forget = (number) => { if (number) kept.delete(number); else kept.clear(); };

function fetchOf(number) {
  const found = kept.get(number);
  if (found && Date.now() - found.at < FRESH_MS) return found.answer;
  const answer = fetch(address("previewBase", number), { headers: partial("preview") }).then(async (got) => {
    if (!got.ok || isSignIn(got.url)) throw Object.assign(new Error(), { status: got.ok ? 401 : got.status });
    return got.text();
  });
  kept.set(number, { at: Date.now(), answer });
  answer.catch(() => kept.delete(number));
  return answer;
}

function prefetch(row) {
  const all = rows(), next = all[all.indexOf(row) + 1];
  if (next) fetchOf(numberOf(next)).catch(() => {});
}

/** Whether somebody writes beside the row, or stands there. */
const isInUse = () => Boolean(pane?.querySelector("[data-composer]")?.dataset.open || pane?.contains(document.activeElement));

async function show(row, { isRenewal = false } = {}) {
  const number = numberOf(row);
  wanted = number;
  pane.setAttribute("aria-busy", "true");
  try {
    const html = await fetchOf(number);
    if (wanted !== number || (isRenewal && isInUse())) return;
    htmx.swap(pane, html, { swapStyle: "innerHTML" });
    settle(row);
  } catch (error) {
    if (wanted === number) refused(error.status ?? 0, pane, () => show(row));
  } finally {
    if (wanted === number) pane.removeAttribute("aria-busy");
  }
}

/** What stands there is this row's: it counts as read after two seconds, and the next one is fetched. */
function settle(row) {
  clearTimeout(reading);
  reading = setTimeout(() => { if (shown() && shownOf() === numberOf(row) && !document.hidden) mark(row, true); }, READ_AFTER);
  prefetch(row);
}

/** The cursor came to this row: the preview comes after it has rested. */
export function follow(row, isThere = false) {
  clearTimeout(wait);
  clearTimeout(reading);
  if (!shown()) return;
  if (isThere) { settle(row); return; }
  wait = setTimeout(() => show(row), FOLLOW_AFTER);
}

/** The pane on or off; below 1081 px it lies over the list. */
export function toggle() {
  if (!pane) return;
  const isOver = innerWidth <= 1080;
  const isOn = isOver ? panes.classList.toggle("peek") : panes.classList.toggle("with-preview");
  pane.hidden = !isOn;
  document.querySelector("[data-split]")?.setAttribute("aria-pressed", String(isOn));
  document.querySelector("[data-split]")?.classList.toggle("on", isOn);
  if (!isOver) {
    const url = new URL(location.href);
    document.cookie = `preview=${isOn ? "on" : "off"}; path=/desk/; max-age=31536000; samesite=lax`;
    if (isOn) url.searchParams.delete("preview"); else url.searchParams.set("preview", "off");
    history.replaceState(history.state, "", url);
  }
  if (isOn && current()) follow(current(), shownOf() === numberOf(current()));
}

/** Catches what is typed between the key that opens an editor and the moment the editor is there. */
function catcher() {
  const area = document.createElement("textarea");
  area.className = "sr";
  area.setAttribute("aria-label", document.title);
  document.body.append(area);
  area.focus();
  return area;
}

/** Open an editor for this row: in the preview where there is one, else on the ticket's page. */
export async function compose(row, kind) {
  const number = numberOf(row);
  const page = () => { const url = new URL(row.querySelector("a.sub").href); url.searchParams.set("compose", kind); url.hash = "composer"; location.assign(url); };
  if (!pane) { page(); return; }
  if (!shown()) toggle();
  const opener = () => (shownOf() === number ? pane.querySelector(`[data-compose="${kind}"]`) : null);
  if (!opener()) {
    const area = catcher();
    clearTimeout(wait);
    await show(row);
    const typed = area.value;
    area.remove();
    if (!opener()) { page(); return; }
    opener().click();
    insert(kind, typed);
  } else {
    opener().click();
  }
}

function insert(kind, typed) {
  const field = pane.querySelector(`form[data-editor="${kind}"] textarea`);
  if (!field) return;
  field.focus();
  if (!typed) return;
  field.setRangeText(typed, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** What one changed oneself holds nothing else of one's own: editors, facts and row know the new version. */
export function ours(number, before, after) {
  const found = document.querySelectorAll(`[data-composer="${CSS.escape(number ?? "")}"] form[data-editor] input[name=version]`);
  found.forEach((one) => { if (one.value === String(before)) one.value = after; });
  const isHere = shownOf() === number || document.querySelector("[data-ticket]")?.dataset.ticket === number;
  for (const facts of isHere ? document.querySelectorAll(".props[data-version]") : []) if (facts.dataset.version === String(before)) facts.dataset.version = after;
  const row = number && rowOf(number);
  if (row?.dataset.v === String(before)) row.dataset.v = after;
}

/** The preview of a ticket that changed is drawn anew, unless somebody writes in it. */
export function renew(number) {
  forget(number);
  if (shown() && shownOf() === number && !isInUse() && rowOf(number)) show(rowOf(number), { isRenewal: true });
}

pane?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !panes.classList.contains("peek")) return;
  event.preventDefault();
  toggle();
  current()?.focus();
});
