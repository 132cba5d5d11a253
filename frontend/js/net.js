// htmx: what every request carries, and what an answer that is not a page does.
import htmx from "htmx.org/dist/htmx.esm.js";
import { isSignIn, over } from "./session.js";
import { fail, say } from "./words.js";

export { isSignIn };

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

// A whole page as the answer to a request for a part: go there instead of nesting one page in another.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  if (isSignIn(detail.xhr.responseURL)) refused(401, detail.requestConfig.elt, pressed(detail));
  else location.assign(detail.xhr.responseURL);
});

/** Words for a refused or lost request; `again` does it once more when one has signed in again. */
export function refused(status, at, again) {
  if (status === 401) over(at, again);
  else fail(say(status >= 400 && status < 500 ? "refused" : "failed"), at);
}

/** The press behind a request of htmx, once more: a form is sent, a link opened. What typing asked for comes with typing. */
const pressed = ({ requestConfig: { elt, verb } }) => {
  if (verb === "post" && elt.matches("form")) return () => elt.requestSubmit();
  return elt.matches("a") ? () => elt.click() : undefined;
};

document.addEventListener("htmx:responseError", ({ detail }) => refused(detail.xhr.status, detail.elt, pressed(detail)));
document.addEventListener("htmx:sendError", ({ detail }) => refused(0, detail.elt));

export default htmx;
