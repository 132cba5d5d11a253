// The ticket page stays true while it is open: what changed elsewhere is drawn anew around the editors, never in them.
import { renew } from "./anew.js";
import { hourOf, now, tick } from "./clock.js";
import { isSignIn, partial } from "./net.js";
import { follow } from "./stream.js";
import { announce, say } from "./words.js";

const PARTS = ["talk-head", "stream", "facts"], GATHER_MS = 400;
const root = document.querySelector("[data-ticket]");
let timer = 0, lostAt = 0;

/** Draw header, conversation and properties anew, and the outbox; the editors keep what they have seen. Rejects where
 * the server does not answer. */
async function draw() {
  if (!root) return;
  const answer = await fetch(location.href.split("#")[0], { headers: { ...partial("stream"), "X-Quiet": "1" } });
  if (!answer.ok || isSignIn(answer.url)) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const stream = document.getElementById("stream"), atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 60;
  const held = document.activeElement?.id, before = stream.querySelectorAll(".msg").length;
  for (const id of PARTS) {
    const old = document.getElementById(id), fresh = page.getElementById(id);
    if (old && fresh) renew(old, fresh);
  }
  const outbox = document.querySelector("[data-outbox]"), sends = page.querySelector("[data-outbox]");
  const inOutbox = outbox?.contains(document.activeElement);
  if (outbox && sends) renew(outbox, sends);
  if (inOutbox && document.activeElement === document.body) stream.focus();
  if (held && document.activeElement === document.body) document.getElementById(held)?.focus();
  if (atEnd) stream.scrollTop = stream.scrollHeight;
  settleEditors(page);
  if (stream.querySelectorAll(".msg").length > before) announce(say("newmessage"));
  tick();
}

/** The same, where nobody waits for an answer: what could not be drawn now is drawn the next time. */
export const redraw = () => draw().catch(() => announce(say("lost", hourOf(now()))));

/** An editor that nobody has begun may count the new messages as seen; one with words in it must be held. */
function settleEditors(page) {
  for (const form of document.querySelectorAll("form[data-editor]")) {
    if (form.elements.body.value.trim() || !form.hidden) continue;
    const fresh = page.querySelector(`form[data-editor="${form.dataset.editor}"]`);
    for (const name of ["seen", "version"]) if (fresh?.elements[name]) form.elements[name].value = fresh.elements[name].value;
  }
}

function changed() {
  clearTimeout(timer);
  timer = setTimeout(redraw, GATHER_MS);
}

/** The state of the link, in the header; while all is well it says nothing. */
function told(state) {
  const label = document.querySelector("[data-link-state]");
  if (state !== "lost") lostAt = 0; else lostAt ||= now();
  const text = lostAt ? say("lost", hourOf(lostAt)) : say(state);
  label.hidden = state === "live";
  label.classList.toggle("lost", Boolean(lostAt));
  if (label.textContent !== text) label.textContent = text;
}

/** The title as a field in its own place, or as words again; what comes from elsewhere leaves it alone meanwhile. */
function retitle(isOn) {
  const words = document.getElementById("ticket-title"), form = document.getElementById("retitle");
  for (const one of [words, form]) { if (isOn) one.dataset.loaded = "1"; else delete one.dataset.loaded; }
  words.hidden = isOn;
  form.hidden = !isOn;
  if (isOn) form.elements.title.select();
  else { form.reset(); words.querySelector("a").focus(); }
}

root?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  const isOn = event.target.closest("[data-retitle]");
  if (!isOn && !event.target.closest("[data-retitle-off]")) return;
  event.preventDefault();
  retitle(Boolean(isOn));
});
root?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest("#retitle")) return;
  event.preventDefault();
  event.stopPropagation();
  retitle(false);
}, true);

// What is folded out stays so on the next ticket, for this person alone.
root?.parentElement.addEventListener("toggle", ({ target }) => {
  const name = target.dataset?.remember;
  if (name) document.cookie = `${name}=${target.open ? "open" : "shut"}; path=/desk/; max-age=31536000; samesite=lax`;
}, true);

// Back in the list the cursor stands on the ticket one comes from, however one got to it.
const back = root && document.querySelector("#talk-head a.back");
if (back) sessionStorage.setItem(`cursor:${back.pathname}${back.search}`, `row-${root.dataset.ticket}`);

if (root?.dataset.live) {
  const heard = ({ number }) => { if (!number || number === root.dataset.ticket) changed(); };
  follow(root.dataset.live, { heard, ask: draw, told });
}
