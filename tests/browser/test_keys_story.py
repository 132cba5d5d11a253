"""Keys in a real browser: the palette offers every button, the sheet lists the keys, switched off no letter works."""

import string
from typing import Any

import pytest

from accounts.models import User
from core.actor import ALL
from customers import scoping
from tests.browser import looking
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import complaints, story  # noqa: F401 - fixtures
from tests.places import World
from tickets.models import Ticket

pytestmark = desk.pytestmark
PATIENCE_MS = 60_000
LETTERS = [
    *string.ascii_lowercase,
    *(f"Shift+{one}" for one in string.ascii_uppercase),
    "?",
    "/",
    ".",
    "[",
    "1",
]

# Every button one can see on the page, by what it says, found without the palette's help.
BUTTONS = """() => [...document.querySelectorAll('.main button, .main a.btn')]
  .filter((one) => !one.disabled && !one.closest('[hidden], [popover], dialog, tr') && one.checkVisibility())
  .map((one) => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll('kbd, svg, .n').forEach((inner) => inner.remove());
    return one.getAttribute('aria-label') || copy.textContent.replace(/\\s+/g, ' ').trim() || one.title;
  }).filter(Boolean)"""
SEEN = "() => document.querySelector('#queue-list, #stream').innerText"
OFFERED = """() => [...document.querySelectorAll('#palette-list [role=option] > .own')].map((one) => one.textContent)"""


@pytest.fixture
def queue(page: Any, live_server: Any, story: World, complaints: list[str]) -> Any:  # noqa: F811 - fixtures
    page.set_default_timeout(PATIENCE_MS)
    desk.sign_in(page, live_server.url, "agent@calder.example")
    desk.see(page, "tr.r.cur")
    return page


def offers_all(page: Any) -> None:
    wanted = set(page.evaluate(BUTTONS))
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open]")
    assert wanted - set(page.evaluate(OFFERED)) == set()


def test_the_palette_finds_acts_and_undo_takes_it_back(
    queue: Any, story: World, complaints: list[str]  # noqa: F811
) -> None:  # fmt: skip
    keys = queue.keyboard
    offers_all(queue)
    number = desk.ticket("Label printers are offline").number
    assert looking.violations(queue) == []
    keys.press("Escape")
    keys.press("j")
    queue.wait_for_selector(f"#row-{number}.cur")
    keys.press("Control+k")
    assert queue.inner_text("#palette [data-on]") == number
    keys.type("take")
    keys.press("Enter")
    queue.wait_for_selector(".toast button.undo")
    assert desk.ticket("Label printers are offline").assignee == story.agent
    keys.press("z")
    queue.wait_for_selector(f".toast:has-text('{number} is as it was.')")
    assert desk.ticket("Label printers are offline").assignee is None
    keys.press("Control+k")
    keys.type("badge")
    queue.wait_for_selector("#palette-list [role=option].on:has-text('Badge reader')")
    keys.press("Enter")
    queue.wait_for_url("**/desk/tickets/**")
    desk.see(queue, "#talk-head")
    offers_all(queue)
    keys.press("Escape")
    queue.wait_for_selector("#palette", state="hidden")
    keys.press("?")
    queue.wait_for_selector("#keysheet[open]")
    assert "GQ All open" in " ".join(queue.inner_text("#keysheet").split())
    keys.press("Escape")
    keys.press("g")
    keys.press("m")
    queue.wait_for_url("**/desk/?view=mine")
    assert complaints == []


def test_switched_off_no_letter_does_anything(queue: Any, live_server: Any, story: World) -> None:  # noqa: F811
    with scoping.scope(ALL):
        User.objects.filter(pk=story.agent.pk).update(has_keys=False)
        number = desk.ticket("Badge reader rejects new cards").number
        versions = sorted(Ticket.objects.values_list("number", "version"))
    for path in ("/desk/", f"/desk/tickets/{number}/"):
        queue.goto(live_server.url + path)
        desk.see(queue, "[data-queue], #talk-head")
        before = queue.evaluate(SEEN)
        for letter in LETTERS:
            queue.keyboard.press(letter)
        assert queue.url == live_server.url + path
        assert queue.evaluate("document.querySelectorAll('dialog[open], :popover-open').length") == 0
        assert queue.evaluate(SEEN) == before
    queue.keyboard.press("Control+k")
    queue.wait_for_selector("#palette[open]")
    with scoping.scope(ALL):
        assert sorted(Ticket.objects.values_list("number", "version")) == versions
