"""The hands of the usability walk: what they press and tap is counted, what they write is free, lost focus is noted."""

import datetime as dt
from typing import Any

import pytest

from accounts import actors
from core import time
from core.actor import ALL
from customers import scoping
from journal import relay
from notifications import models as post
from tests.browser import test_desk_story as desk
from tests.places import World
from tickets import tasks
from tickets.models import Ticket

PATIENCE_MS = 60_000
PRINTERS, MAIL, BADGES = (
    "Label printers are offline",
    "Outbound mail is delayed",
    "Badge reader rejects new cards",
)

# Focus that falls to the page itself because what held it went away; a click beside everything is no loss.
LOST = """
document.addEventListener('focusout', ({ target }) => setTimeout(() => {
  if (document.activeElement === document.body && document.hasFocus() && !window.leaving && !target.checkVisibility())
    noteLost(target.outerHTML.slice(0, 120));
}, 500));
addEventListener('beforeunload', () => { window.leaving = true; });
"""


class Hands:
    """One person at one page. `count` is what was pressed and tapped since the task began."""

    def __init__(self, page: Any, url: str):
        self.page, self.url, self.count = page, url, 0
        self.lost: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.expose_function("noteLost", self._note_lost)
        page.add_init_script(LOST)

    def _note_lost(self, what: str) -> None:
        self.lost.append(what)

    def at(self, path: str, wait: str) -> None:
        """Stand at the start of a task: nothing is counted yet."""
        self.page.goto(self.url + path)
        desk.see(self.page, wait)
        self.count = 0

    def press(self, *keys: str) -> None:
        for one in keys:
            self.page.keyboard.press(one)
            self.count += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def narrow(self, letters: str) -> None:
        self.page.keyboard.type(letters)
        self.count += len(letters)

    def click(self, *selectors: str, **how: Any) -> None:
        for one in selectors:
            self.page.click(one, **how)
            self.count += 1

    def tap(self, selector: str) -> None:
        self.page.tap(selector)
        self.count += 1

    def see(self, selector: str) -> None:
        desk.see(self.page, selector)

    def spent(self) -> int:
        """What the task took, up to here; the next one begins."""
        spent, self.count = self.count, 0
        return spent

    def writes_in(self, selector: str) -> None:
        """Wait until the focus is where one goes on writing."""
        self.page.wait_for_function("one => document.activeElement.matches(one)", arg=selector)


@pytest.fixture
def hands(page: Any, live_server: Any, story: World, complaints: list[str]) -> Hands:
    """The agent's, signed in, at the queue; the console is listened to from the first page on."""
    made = Hands(page, live_server.url)
    desk.sign_in(page, live_server.url, story.agent.email)
    return made


def address(title: str, tail: str = "") -> str:
    return f"/desk/tickets/{desk.ticket(title).number}/{tail}"


def fresh(title: str) -> Ticket:
    """The ticket as the database has it, with what a test asks of it."""
    with scoping.scope(ALL):
        return Ticket.objects.select_related("assignee", "team", "service", "requester").get(title=title)


def leave_the_outbox() -> int:
    """Let the outbox's time pass; says how many replies left."""
    with time.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)):
        return tasks.empty_outbox()


def mailed() -> list[tuple[str, str]]:
    """(kind, recipient) of every mail that what happened leads to, oldest first."""
    with time.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)):
        while relay.work_off(actors.system("relay")):
            pass
    with scoping.scope(ALL):
        return [(one.kind, one.recipient) for one in post.Message.objects.order_by("id")]
