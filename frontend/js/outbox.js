// A reply in the outbox counts down; when its time has come the conversation is drawn anew until it has left. Nothing
// here sends: the server does, also when this page is gone.
import { now } from "./clock.js";
import { redraw } from "./ticket.js";

const LATE_MS = 700, AGAIN_MS = 1500;

export function startOutbox(composer) {
  const box = composer.querySelector("[data-outbox]");
  if (!box?.children.length) return;
  const wait = () => {
    const sends = [...box.querySelectorAll("[data-due]")];
    const left = sends.map((one) => Date.parse(one.dataset.due) - now());
    sends.forEach((one, index) => { one.querySelector("[data-left]").textContent = Math.max(0, Math.ceil(left[index] / 1000)); });
    return sends.length ? Math.min(...left) : null;
  };
  const turn = async () => {
    const left = wait();
    if (left === null) return;
    if (left > -LATE_MS) { setTimeout(turn, Math.min(1000, Math.max(100, left + LATE_MS))); return; }
    if (!document.querySelector("[data-ticket]")) { box.replaceChildren(); return; }  // beside the queue
    await redraw();
    setTimeout(turn, AGAIN_MS);
  };
  turn();
}
