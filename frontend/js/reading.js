// What this login has read: told to the server, shown at once.
import { address, numberOf, queue } from "./list.js";
import { partial, refused } from "./net.js";
import { toast } from "./toasts.js";

const READ_AFTER = 2000, TICKET = /\/desk\/tickets\/[^/]+\/$/;
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Note that the ticket of this row was read, or was not. */
export function mark(row, isRead) {
  if (isRead && !row.classList.contains("unread")) return;
  const url = address("ticketBase", numberOf(row)).replace(/\?.*$/, "");
  const body = new URLSearchParams(isRead ? {} : { unread: "1" });
  row.classList.toggle("unread", !isRead);
  fetch(`${url}read/`, { method: "POST", body, headers: { ...partial(), "X-CSRFToken": token() } }).then((answer) => {
    if (answer.ok && isRead) row.querySelector(".dot")?.remove();
    if (!answer.ok) row.classList.toggle("unread", isRead);
  }).catch(() => row.classList.toggle("unread", isRead));
}

// On a ticket's own page: unread again, and it is not counted as read while one stays.
const unread = document.querySelector("[data-unread]");
let isKeptUnread = false;
if (unread) {
  unread.hidden = false;
  unread.addEventListener("click", async () => {
    isKeptUnread = true;
    const answer = await fetch(`${location.pathname}read/`, { method: "POST", body: new URLSearchParams({ unread: "1" }), headers: { ...partial(), "X-CSRFToken": token() } }).catch(() => null);
    if (answer?.ok) toast(unread.title.replace(/ \(.*/, "")); else refused(answer?.status ?? 0, unread);
  });
}

// A ticket's own page counts as read like its preview: after two seconds in sight.
if (!queue && TICKET.test(location.pathname)) {
  setTimeout(() => {
    if (!document.hidden && !isKeptUnread) fetch(`${location.pathname}read/`, { method: "POST", headers: { ...partial(), "X-CSRFToken": token() } }).catch(() => {});
  }, READ_AFTER);
}
