// The board of a team: fetched anew every 20 seconds while it is looked at, and nobody's focus is in it.
import { nodes } from "./net.js";

const EVERY_MS = 20_000;
const board = () => document.querySelector("[data-board]");

async function refresh() {
  const old = board();
  if (document.hidden || !old || old.contains(document.activeElement) || document.querySelector("dialog[open]")) return;
  const answer = await fetch(location.href).catch(() => null);  // the next round tries again
  if (!answer?.ok || answer.redirected) return;
  const holder = document.createElement("div");
  holder.append(...nodes(await answer.text()));
  const fresh = holder.querySelector("[data-board]");
  if (fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
}

if (board()) setInterval(refresh, EVERY_MS);
