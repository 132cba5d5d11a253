"""What a browser test can see of any page: what axe finds, its width, its targets, its heading, and where focus is."""

from pathlib import Path
from typing import Any

from django.conf import settings

AXE = Path(settings.BASE_DIR) / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = 320  # WCAG 1.4.10
PHONE, DESK = (390, 844), (1440, 900)
SIZES = {"desk": DESK, "phone": PHONE}

# WCAG 2.5.8: 24 px each way, or so much room around that a circle of 24 px meets no other target; links in a sentence
# are spared, and what is drawn over a whole cell or by a label counts with it.
SMALL = """() => {
  const all = [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select, textarea')]
    .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((one) => !one.closest('.sr, .skip'));
  const box = (one) => (one.closest('label, .check-cell, td.c-check') ?? one).getBoundingClientRect();
  const boxes = all.map((one) => [one, box(one)]).filter(([, rect]) => rect.width > 1 && rect.height > 1);
  const middle = (rect) => [rect.x + rect.width / 2, rect.y + rect.height / 2];
  const isSmall = (rect) => rect.width < 23.5 || rect.height < 23.5;
  const meets = (one, rect) => boxes.some(([other, theirs]) => {
    if (other === one || other.contains(one) || one.contains(other)) return false;
    const [x, y] = middle(rect);
    if (isSmall(theirs)) { const [u, v] = middle(theirs); return Math.hypot(x - u, y - v) < 23.5; }
    const near = [Math.max(theirs.left, Math.min(x, theirs.right)), Math.max(theirs.top, Math.min(y, theirs.bottom))];
    return Math.hypot(x - near[0], y - near[1]) < 11.5;
  });
  return boxes.filter(([one, rect]) => isSmall(rect) && getComputedStyle(one).display !== 'inline' && meets(one, rect))
    .map(([one]) => one.outerHTML.slice(0, 120));
}"""


# What moves before the reader's first key or click moved by itself; what comes later may be the answer to it, however
# late a slow server gives that.
SHIFTS = """() => new Promise((done) => {
  const seen = [];
  const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
  for (const type of ['layout-shift', 'first-input']) observer.observe({ type, buffered: true });
  setTimeout(() => {
    const acted = seen.find((one) => one.entryType === 'first-input')?.startTime ?? Infinity;
    const own = seen.filter((one) => one.entryType === 'layout-shift' && !one.hadRecentInput && one.startTime < acted);
    done(own.reduce((sum, one) => sum + one.value, 0));
  }, 100);
})"""
MOST_SHIFT = 0.02
# Colours are on their way for a moment: the end is what counts.
SETTLE = "document.getAnimations().forEach((one) => one.finish())"


def violations(page: Any, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page as it stands; `rules` names single ones."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:300]}" for one in found]


def is_too_wide(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def faults(page: Any) -> list[str]:
    """All of it: shifts while loading, axe in light, contrast in dark, a heading, targets; no sideways scroll, narrow
    and mirrored.

    Leaves the page as it found it: wide, and in the direction of its language.
    """
    shifted = page.evaluate(SHIFTS)
    found = violations(page)
    if shifted > MOST_SHIFT:
        found.append(f"layout shifts by {shifted:.3f}")
    if (headings := page.locator("h1:visible").count()) != 1:
        found.append(f"{headings} h1")
    found += [f"small target: {one}" for one in page.evaluate(SMALL)]
    page.evaluate(f"document.documentElement.dataset.theme = 'dark'; {SETTLE}")
    found += [f"dark, {one}" for one in violations(page, ["color-contrast"])]
    for direction in ("rtl", "ltr"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        for width in (NARROWEST, PHONE[0], DESK[0]):
            page.set_viewport_size({"width": width, "height": DESK[1]})
            if is_too_wide(page):
                found.append(f"scrolls sideways at {width} {direction}")
    page.evaluate(f"document.documentElement.removeAttribute('data-theme'); {SETTLE}")
    return found


def picture(page: Any, folder: Path, path: str) -> None:
    """Four pictures of the page as it stands, to be looked at: desk and phone, light and dark."""
    name = path.strip("/").replace("/", "_").replace("?", "-") or "home"
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'; {SETTLE}")
            page.screenshot(path=str(folder / f"{name}-{width}-{theme}.png"))
