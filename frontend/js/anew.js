// Pages that stay true while they are open: their parts are drawn anew when something changed, around what is written.
import { Idiomorph } from "idiomorph";
import { tick } from "./clock.js";
import { isSignIn, partial } from "./net.js";
import { follow } from "./stream.js";

const GATHER_MS = 400, SLOW_MS = 4000;

/** What is folded out, shown by a script, or written in stays as it is; so do boxes that were loaded after the page. */
function keep(old, fresh) {
  if (old.dataset?.loaded) return false;
  if (old.tagName === "DETAILS" && old.open) fresh.setAttribute("open", "");
  if (old.tagName === "BUTTON" && !old.hidden) fresh.hidden = false;
  return !(/^(INPUT|TEXTAREA)$/.test(old.tagName) && old.type !== "hidden" && old.value !== old.defaultValue);
}

/** Draw one part of the page as the server has it now. */
export const renew = (old, fresh) => Idiomorph.morph(old, fresh, { morphStyle: "outerHTML", callbacks: { beforeNodeMorphed: keep } });

// A page that only names its parts: `data-anew` is the stream, `data-anew-of` the tickets that matter (all without it).
const page = document.querySelector("[data-anew]");
let timer = 0, last = 0;

async function draw() {
  last = Date.now();
  if (document.hidden || document.querySelector("dialog:modal")) return;
  const answer = await fetch(location.href.split("#")[0], { headers: { ...partial("anew"), "X-Quiet": "1" } });
  if (!answer.ok || isSignIn(answer.url)) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-anew-part]")) {
    const now = fresh.getElementById(old.id);
    if (now) renew(old, now);
  }
  tick();
}

const redraw = () => draw().catch(() => {});  // the next change tries again

if (page) {
  const wanted = () => document.querySelector("[data-anew-of]")?.dataset.anewOf.split(" ");
  // A page that hears of everything waits longer, the more often it is told.
  const pause = () => (wanted() ? GATHER_MS : Math.max(GATHER_MS, last + SLOW_MS - Date.now()));
  const heard = ({ number }) => {
    if (number && wanted() && !wanted().includes(number)) return;
    clearTimeout(timer);
    timer = setTimeout(redraw, pause());
  };
  follow(page.dataset.anew, { heard, ask: draw });
  document.addEventListener("queue:heard", () => redraw());
}
