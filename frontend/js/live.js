// Live changes never move the list under the cursor: cells are drawn anew in place; what should move, come or go waits
// until it is asked for, until nothing was pressed for half a minute, or until the page is left.
import { Idiomorph } from "idiomorph";
import { hourOf, now, tick } from "./clock.js";
import { form, numberOf, parsed, picked, repaint, rowOf, rows } from "./list.js";
import { upTo } from "./more.js";
import { isSignIn, partial, refused } from "./net.js";
import { onMoved } from "./picker.js";
import { forget, renew } from "./preview.js";
import { restore } from "./queue.js";
import { follow } from "./stream.js";
import { announce, say } from "./words.js";

const QUIET_MS = 30_000, GATHER_MS = 250, SPEAK_MS = 10_000, SLIDE_MS = 220;
const root = document.querySelector("[data-queue][data-live]");
const link = root?.querySelector("[data-live-state]");
const label = root?.querySelector("[data-live-text]");
const waiting = new Set(), heard = new Set();
let lastTouch = Date.now(), since = now(), gathering = 0, lostAt = 0, spokenAt = 0, speaking = 0;

/** The state of the link, beside the filters. */
function told(state) {
  if (state !== "lost") lostAt = 0; else lostAt ||= now();
  const text = lostAt ? say("lost", hourOf(lostAt)) : say(state);
  if (label && label.textContent !== text) label.textContent = text;
  label?.classList.toggle("lost", Boolean(lostAt));
}

/** At most one sentence in ten seconds, and always the newest. */
function speak() {
  clearTimeout(speaking);
  speaking = setTimeout(() => { spokenAt = Date.now(); if (waiting.size) announce(link.textContent); }, Math.max(0, spokenAt + SPEAK_MS - Date.now()));
}

function wait(number) {
  waiting.add(number);
  link.textContent = waiting.size === 1 ? say("change") : say("changes", waiting.size);
  link.hidden = false;
  speak();
}

function settle() {
  waiting.clear();
  link.hidden = true;
}

/** Draw what was heard of as it stands now; what is not in the list but belongs there waits. */
async function redraw() {
  const numbers = [...heard].slice(0, 100);
  heard.clear();
  if (numbers.includes("")) wait("");
  const asked = numbers.filter(Boolean);
  if (!asked.length) return;
  const url = new URL(form().dataset.rows, location.href);
  url.searchParams.set("n", asked.join(","));
  const answer = await fetch(url, { headers: partial("rows") }).catch(() => null);
  if (!answer?.ok || isSignIn(answer.url)) return;
  const found = new Map([...parsed(await answer.text()).querySelectorAll("tr.r")].map((one) => [numberOf(one), one]));
  for (const number of asked) {
    const row = rowOf(number), fresh = found.get(number);
    if (!row && fresh && !fresh.hasAttribute("data-gone")) wait(number);
    if (row && (!fresh || repaint(row, fresh))) wait(number);
    renew(number);
  }
  tick(form());
}

function hear(number) {
  heard.add(number);
  clearTimeout(gathering);
  gathering = setTimeout(redraw, GATHER_MS);
}

/** Rows that moved slide to their new place. */
function slide(before) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const row of rows()) {
    const was = before.get(row.id), by = was - row.getBoundingClientRect().top;
    if (was !== undefined && by && Math.abs(by) < innerHeight) row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: SLIDE_MS, easing: "ease-out" });
  }
}

async function refresh() {
  const list = form(), chosen = picked().map((one) => one.closest("tr").id), many = rows().length;
  const before = new Map(rows().map((row) => [row.id, row.getBoundingClientRect().top]));
  try {
    const answer = await fetch(location.href, { headers: partial("queue-list") });
    if (!answer.ok || isSignIn(answer.url)) { refused(answer.ok ? 401 : answer.status, list); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const held = document.activeElement?.id;
    Idiomorph.morph(list, page.getElementById("queue-list"), { morphStyle: "outerHTML" });
    await upTo(many);
    restore(chosen);
    if (document.activeElement === document.body && held) document.getElementById(held)?.focus();
    settle(); since = now();
    forget();
    document.dispatchEvent(new Event("queue:drawn"));
    slide(before);
    tick();
  } catch {
    refused(0, list);
  }
}

/** What changed since the last time, where the stream has not said it. */
async function ask() {
  const address = new URL(root.dataset.poll, location.href), began = now();
  address.searchParams.set("since", new Date(since).toISOString());
  const answer = await fetch(address, { headers: partial("poll") });
  if (!answer.ok || isSignIn(answer.url)) throw new Error(String(answer.status));
  (await answer.json()).numbers.forEach(hear);
  since = began;
}

if (root) {
  document.addEventListener("queue:heard", ({ detail }) => hear(detail));  // another module knows of a change
  onMoved((number, isElsewhere) => { forget(number); renew(number); if (isElsewhere) wait(number); });
  link?.addEventListener("click", (event) => { event.preventDefault(); refresh(); });
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => { lastTouch = Date.now(); }, { passive: true });
  setInterval(() => { if (waiting.size && Date.now() - lastTouch > QUIET_MS && !picked().length && !document.hidden && !document.querySelector(":popover-open, dialog:modal")) refresh(); }, 5000);
  follow(root.dataset.live, { heard: ({ number }) => hear(number ?? ""), ask: root.dataset.poll ? ask : null, told });
}
