// htmx: what every request carries, and what an answer that is not a page does.
import htmx from "htmx.org/dist/htmx.esm.js";
import { fail, say } from "./words.js";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Headers of a request of our own, so that the server answers with a part of the page. */
export const partial = (target = "") => ({ "HX-Request": "true", "HX-Target": target });

/** Markup of the server as nodes: parsed apart, so that nothing in it runs. */
export const nodes = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target?.removeAttribute("aria-busy"));

const SIGN_IN = document.querySelector('meta[name="sign-in"]')?.content || "/account/login/";

/** Whether a request for a part ended on the sign-in page: the session is over, the work stays on screen. */
export const isSignIn = (address) => new URL(address, location.href).pathname.startsWith(SIGN_IN);

// A whole page as the answer to a request for a part: go there instead of nesting one page in another.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  if (isSignIn(detail.xhr.responseURL)) refused(401, detail.requestConfig.elt);
  else location.assign(detail.xhr.responseURL);
});

/** Words for a refused or lost request. */
export function refused(status, at) {
  if (status === 401) {
    const link = document.createElement("a");
    link.href = `${SIGN_IN}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = say("signinlink");
    fail(say("signin"), at, link);
  } else {
    fail(say(status >= 400 && status < 500 ? "refused" : "failed"), at);
  }
}

document.addEventListener("htmx:responseError", ({ detail }) => refused(detail.xhr.status, detail.elt));
document.addEventListener("htmx:sendError", ({ detail }) => refused(0, detail.elt));

export default htmx;
