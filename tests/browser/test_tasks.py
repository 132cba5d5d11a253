"""Tasks of the usability walk, done with keys alone: each press is counted, the end is read in the database.

A chord is one press; free text is not counted, letters that narrow a list are. docs/usability.md has all twenty tasks,
their limits, and why those that are not here cannot be done yet.
"""

from typing import Any

import pytest

from core.actor import ALL
from customers import scoping
from journal.models import Entry
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import complaints, story  # noqa: F401 - fixtures
from tests.places import World
from tickets.models import Message, PendingSend

pytestmark = desk.pytestmark
PATIENCE_MS = 60_000
PRINTERS, MAIL, BADGES = (
    "Label printers are offline",
    "Outbound mail is delayed",
    "Badge reader rejects new cards",
)


class Hands:
    """Counts what is pressed and tapped; `write` is free text and counts nothing."""

    def __init__(self, page: Any, url: str):
        self.page, self.url, self.count = page, url, 0
        page.set_default_timeout(PATIENCE_MS)

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

    def tap(self, selector: str) -> None:
        self.page.tap(selector)
        self.count += 1

    def keeps_focus(self) -> None:
        """Focus did not fall to the page itself: the script puts it where it belongs right after the swap."""
        self.page.wait_for_function("document.activeElement !== document.body", timeout=5_000)


@pytest.fixture
def hands(page: Any, live_server: Any, story: World) -> Hands:  # noqa: F811 - the fixture of that name
    made = Hands(page, live_server.url)
    desk.sign_in(page, live_server.url, "agent@calder.example")
    return made


def address(title: str) -> str:
    return f"/desk/tickets/{desk.ticket(title).number}/"


def test_a_note_that_mentions_a_colleague_is_task_4(hands: Hands, story: World) -> None:  # noqa: F811
    hands.at(address(PRINTERS), "#composer")
    hands.press("n")
    hands.write("Please look at the print server, ")
    hands.narrow("@ma")
    hands.page.wait_for_selector(".suggest [role=option]:has-text('Marta')")
    hands.press("Enter", "Control+Enter")
    desk.see(hands.page, ".msg.internal:has-text('print server')")
    assert hands.count <= 7
    with scoping.scope(ALL):
        note = Message.objects.get(body__contains="print server")
        entry = Entry.objects.filter(name__endswith="noted", data__mentions__isnull=False).latest("id")
        assert (note.audience == "public", entry.data["mentions"]) == (False, [story.lead.pk])
        assert not PendingSend.objects.exists()


def test_a_reply_is_taken_back_with_one_key_in_task_5(hands: Hands) -> None:
    hands.at(address(PRINTERS), "#composer")
    before = desk.ticket(PRINTERS).state
    hands.press("r")
    hands.write("Which of the printers are offline?")
    hands.press("Control+Enter")
    desk.see(hands.page, "#composer .send")
    hands.count = 0
    hands.press("z")
    hands.page.wait_for_selector("#composer .send", state="detached")
    desk.see(hands.page, "form[data-editor=reply]:not([hidden]) textarea")
    assert hands.count == 1
    assert hands.page.input_value("form[data-editor=reply] textarea") == "Which of the printers are offline?"
    hands.keeps_focus()
    assert desk.ticket(PRINTERS).state == before
    with scoping.scope(ALL):
        assert not Message.objects.filter(body__contains="Which of the printers").exists()


def test_a_ticket_is_found_by_two_words_in_task_9(hands: Hands) -> None:
    hands.at("/desk/", "tr.r.cur")
    hands.press("/")
    hands.write("badge cards")
    hands.press("Enter")
    desk.see(hands.page, ".found-list li")
    assert hands.count <= 3
    assert desk.ticket(BADGES).number in " ".join(hands.page.locator(".found-list li").all_inner_texts()[:3])


def test_a_customer_answers_the_desk_on_a_phone_with_two_taps_in_task_16(
    browser: Any, live_server: Any, story: World  # noqa: F811
) -> None:  # fmt: skip
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    hands = Hands(page, live_server.url)
    number = desk.ticket(BADGES).number
    page.goto(f"{live_server.url}/account/login/?next=/requests/{number}/")
    page.fill("input[name=login]", story.acme.requester.email)
    page.fill("input[name=password]", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{number}/")
    desk.see(page, "#reply textarea")
    hands.tap("#reply textarea")
    assert float(page.evaluate("parseFloat(getComputedStyle(document.activeElement).fontSize)")) >= 16
    hands.write("Gate 4.")
    hands.tap("#reply button:has-text('Send')")
    page.wait_for_selector(".msg:has-text('Gate 4.')")
    assert hands.count <= 3
    answered = desk.ticket(BADGES)
    assert (answered.state, answered.hold_kind) == ("in_progress", "")
    with scoping.scope(ALL):
        assert Message.objects.get(body="Gate 4.").audience == "public"
    context.close()
