// Times and clocks stay true between two page loads, by the server's clock and not by this machine's.
import { say } from "./words.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR, EVERY = 30_000;
const SOON = HOUR, SOON_FRACTION = 0.25;
const served = Date.parse(document.querySelector('meta[name="server-time"]')?.content ?? "");
const skew = Number.isNaN(served) ? 0 : served - Date.now();

/** The server's time now, in milliseconds. */
export const now = () => Date.now() + skew;

/** Hours and minutes of an instant in the reader's zone. */
export function hourOf(instant) {
  const zone = document.documentElement.dataset.zone || undefined;
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(instant);
}

/** Milliseconds as "38 min", "1 h 05", "3 d 4 h"; the same rule as core/display.py. */
export function duration(ms) {
  const sign = ms < 0 ? "−" : "", rest = Math.abs(ms);
  if (rest < HOUR) return sign + say("min", Math.floor(rest / MINUTE));
  if (rest < DAY) return sign + say("hour", Math.floor(rest / HOUR), String(Math.floor((rest % HOUR) / MINUTE)).padStart(2, "0"));
  return sign + say("day", Math.floor(rest / DAY), Math.floor((rest % DAY) / HOUR));
}

function renderTime(element) {
  const at = Date.parse(element.dateTime), age = now() - at;
  if (age < 0 || age > 2 * HOUR) return;
  if (age < MINUTE) element.textContent = say("now");
  else if (age < HOUR) element.textContent = say("ago", Math.floor(age / MINUTE));
  else element.textContent = hourOf(at);
}

function renderFuse(element) {
  const due = Date.parse(element.dataset.due), from = Date.parse(element.dataset.from), left = due - now();
  const fraction = from < due ? Math.min(1, Math.max(0, left / (due - from))) : 1;
  const tone = left <= 0 ? "over" : left < SOON || fraction < SOON_FRACTION ? "soon" : "ok";
  element.classList.remove("ok", "soon", "over");
  element.classList.add(tone);
  const text = duration(left);
  element.querySelector("b").textContent = element.dataset.long && tone !== "over" ? say("left", text) : text;
  element.querySelector("rect").setAttribute("width", `${tone === "over" ? 100 : Math.round(fraction * 100)}%`);
}

export function tick(root = document) {
  root.querySelectorAll("time[data-rel]").forEach(renderTime);
  root.querySelectorAll(".fuse[data-due]").forEach(renderFuse);
}
setInterval(tick, EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
