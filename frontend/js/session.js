// The session is over: one signs in over the page, and goes on. What is on the page stays as it is; what was refused is
// done again. Nothing opens over somebody who writes: a line in the form says it, and the next send asks.
import { fail, notice, say } from "./words.js";

const SIGN_IN = document.querySelector('meta[name="sign-in"]')?.content || "/account/login/", ACCOUNT = "/account/";
const path = (address) => new URL(address, location.href).pathname;
const isOwn = (form) => Boolean(form.closest("#sign-in"));
const refusals = new Set();
let isOver = false, dialog = null;

/** Whether a request for a part ended on the sign-in page: the session is over, the work stays on screen. */
export const isSignIn = (address) => path(address).startsWith(SIGN_IN);

const isWriting = () => Boolean(document.activeElement?.matches("textarea, input:not([type=checkbox], [type=radio], [data-catcher])"));

/** The server no longer knows who this is. `again` does once more what was refused. */
export function over(at, again) {
  isOver = true;
  if (again) refusals.add(again);
  if (!isWriting()) { ask(); return; }
  if (document.querySelector("[data-sign-in]")) return;
  const link = Object.assign(document.createElement("a"), { href: page(), textContent: say("signinlink") });
  link.dataset.signIn = "";
  fail(say("signin"), at, link);
}

const page = () => `${SIGN_IN}?next=${encodeURIComponent(location.pathname + location.search)}`;

/** Draw a page of signing in into the dialog: its card, without what needs a page of its own. */
function draw(html) {
  const card = new DOMParser().parseFromString(html, "text/html").querySelector(".gate .card");
  if (!card) { location.assign(page()); return; }
  card.querySelectorAll("[data-passkey], .toast").forEach((one) => one.remove());
  const title = card.querySelector("h1"), head = document.createElement("div"), body = document.createElement("div");
  const words = Object.assign(document.createElement("h2"), { id: "sign-in-title", textContent: title?.textContent ?? say("signinlink") });
  const off = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet sm", textContent: say("close") });
  title?.remove();
  off.dataset.close = "dialog";
  head.className = "dlg-head";
  head.append(words, off);
  body.className = "dlg-body";
  body.append(notice(say("signin"), "info"), ...card.childNodes);
  dialog.replaceChildren(head, body);
  if (!dialog.open) dialog.showModal();
  (body.querySelector(".errors") ?? body.querySelector("form input:not([type=hidden])"))?.focus();
}

/** Open the dialog over the page, once. */
async function ask() {
  if (dialog?.open) return;
  if (!dialog) {
    dialog = Object.assign(document.createElement("dialog"), { id: "sign-in" });
    dialog.setAttribute("aria-labelledby", "sign-in-title");
    dialog.addEventListener("submit", send);
    document.body.append(dialog);
  }
  try {
    const answer = await fetch(page());
    if (isSignIn(answer.url)) draw(await answer.text()); else await back(await answer.text());
  } catch {
    fail(say("failed"));
  }
}

async function send(event) {
  event.preventDefault();
  const form = event.target, body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, { method: "POST", body }), html = await answer.text();
    if (path(answer.url).startsWith(ACCOUNT)) draw(html); else await back(html);
  } catch {
    fail(say("failed"), form);
  } finally {
    delete form.dataset.busy;
  }
}

/** Signed in again: the same person goes on, with the new token in every form; another one gets the page anew. */
async function back(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html"), token = fresh.querySelector('meta[name="csrf-token"]')?.content;
  if (!token || fresh.documentElement.dataset.user !== document.documentElement.dataset.user) { location.reload(); return; }
  document.querySelector('meta[name="csrf-token"]').content = token;
  document.querySelectorAll('input[name="csrfmiddlewaretoken"]').forEach((one) => { one.value = token; });
  document.querySelectorAll("[data-sign-in]").forEach((one) => one.closest("[data-notice]")?.remove());
  isOver = false;
  dialog.close();
  dialog.replaceChildren();
  const waiting = [...refusals];
  refusals.clear();
  for (const again of waiting) await again();
}

// Before anybody else hears of it: a form that would end on the sign-in page waits for the sign-in instead.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isOver || form.method !== "post" || isOwn(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  refusals.add(() => form.requestSubmit(event.submitter));
  ask();
}, true);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-sign-in]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  ask();
});
