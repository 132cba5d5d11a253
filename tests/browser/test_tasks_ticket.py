"""Tasks 4 to 7 and 11 of the usability walk, on a ticket's page: by keys alone and by pointer alone.

Each press is counted, the end is read in the database.
"""

import pytest

from automation import actions as automation
from automation.models import Macro
from core.actor import ALL
from customers import scoping
from incidents.models import MajorIncident, StatusNotice
from journal.models import Entry
from notifications.models import Notice
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import complaints, story  # noqa: F401 - fixtures
from tests.browser.walking import BADGES, MAIL, PRINTERS, Hands, address, fresh, hands, mailed  # noqa: F401
from tests.incidents.major import name_top_management
from tests.places import SYSTEM, World
from tickets.models import Message, PendingSend

pytestmark = desk.pytestmark
ASK, QUESTION = "Which printers?", "Which of the printers are offline?"


@pytest.fixture
def ready(story: World) -> World:  # noqa: F811 - the fixture of that name
    """A macro that asks, takes and raises; somebody to be told of major incidents."""
    with scoping.scope(ALL) as here:
        macro = Macro(
            name="Printer: ask which", reply=ASK, takes=True, set_priority=1, priority_reason="Many"
        )
        automation.create_prepared(macro, by=SYSTEM, at=here.at)
        name_top_management(story)
    return story


def was_noted(world: World) -> None:
    """Task 4: seen by the desk alone; the colleague hears of it, the customer nothing."""
    with scoping.scope(ALL):
        note = Message.objects.get(body__contains="print server")
        entry = Entry.objects.filter(name__endswith="noted", data__mentions__isnull=False).latest("id")
        assert (note.audience == "public", entry.data["mentions"]) == (False, [world.lead.pk])
        assert not PendingSend.objects.exists()
    told = [recipient for _kind, recipient in mailed()[-1:]]
    assert told == [world.lead.email]
    with scoping.scope(ALL):
        assert [one.reason for one in Notice.objects.filter(user=world.lead, entry=entry)] == ["mention"]


def was_taken_back(hands: Hands, state: str) -> None:  # noqa: F811
    """Task 5: nothing said, the text and its caret back, the status as before."""
    hands.writes_in("form[data-editor=reply] textarea")
    area = hands.page.locator("form[data-editor=reply] textarea")
    assert area.input_value() == QUESTION
    assert area.evaluate("one => one.selectionStart") == len(QUESTION)
    with scoping.scope(ALL):
        assert not PendingSend.objects.exists()
        assert not Message.objects.filter(body=QUESTION).exists()
    assert fresh(MAIL).state == state


def was_macroed(hands: Hands, world: World) -> None:  # noqa: F811
    """Task 6: the text waits in the outbox, the changes are made, the next ticket is open."""
    now = fresh(PRINTERS)
    assert (now.assignee, now.priority, now.state) == (world.agent, 1, "new")
    with scoping.scope(ALL):
        assert [(one.body, one.then) for one in PendingSend.objects.all()] == [(ASK, "hold")]
    assert now.number not in hands.page.url


def was_merged() -> None:
    """Task 7: the newer one went into the older one, and may come out again."""
    gone = fresh(BADGES)
    assert gone.state == "closed"
    with scoping.scope(ALL):
        merge = gone.merges.get()
        assert (merge.into.title, merge.undone_at) == (MAIL, None)


def was_declared(text: str) -> None:
    """Task 11: a major incident that its customers read of, once."""
    assert fresh(MAIL).is_major
    with scoping.scope(ALL):
        assert MajorIncident.objects.get().pk == fresh(MAIL).pk
        assert [one.text for one in StatusNotice.objects.all()] == [text]


def a_note(hands: Hands, ready: World) -> None:  # noqa: F811
    """Task 4, by keys."""
    hands.at(address(PRINTERS), "#composer[data-started]")
    hands.press("n")
    hands.write("Please look at the print server, ")
    hands.narrow("@ma")
    hands.press("Enter", "Control+Enter")
    hands.see(".msg.internal:has-text('print server')")
    assert hands.spent() <= 7
    was_noted(ready)


def a_reply_taken_back(hands: Hands) -> None:  # noqa: F811
    """Task 5, by keys."""
    hands.at(address(MAIL), "#composer[data-started]")
    hands.press("r")
    hands.write(QUESTION)
    hands.press("Control+Enter")
    hands.see("#composer[data-started] .send")
    hands.spent()
    hands.press("z")
    assert hands.spent() <= 1
    was_taken_back(hands, "new")


def a_macro(hands: Hands, ready: World) -> None:  # noqa: F811
    """Task 6, by keys."""
    page = hands.page
    hands.at(f"{address(PRINTERS)}?view=all", "#composer[data-started]")
    hands.press("m")
    hands.narrow("pr")
    hands.press("Enter")
    hands.see("[data-pending] .chip >> nth=1")
    hands.press("Control+Shift+Enter")
    page.wait_for_url(lambda url: desk.ticket(PRINTERS).number not in url)
    hands.see("#composer[data-started]")
    assert hands.spent() <= 6
    was_macroed(hands, ready)
    following = page.get_attribute("#talk", "data-ticket")
    page.keyboard.press("Escape")
    hands.see(f"#row-{following}.cur")


def a_duplicate(hands: Hands) -> None:  # noqa: F811
    """Task 7, by keys."""
    page = hands.page
    hands.at(address(BADGES), "#composer[data-started]")
    hands.press("d")
    hands.narrow(desk.ticket(MAIL).number.rpartition("-")[2])
    hands.press("Enter")
    hands.see("dialog .pair")
    hands.press("Control+Enter")
    page.wait_for_url(f"**{address(MAIL)}")
    hands.see("#following >> text=Undo")
    assert hands.spent() <= 8
    was_merged()
    page.goto(hands.url + address(BADGES))
    page.wait_for_url(f"**{address(MAIL)}**")


def a_major_incident(hands: Hands) -> None:  # noqa: F811
    """Task 11, by keys."""
    page = hands.page
    hands.at(address(MAIL), "#composer[data-started]")
    hands.press("Control+k")
    hands.narrow("maj")
    hands.press("Enter")
    hands.see("dialog[open] textarea[name=text]")
    text = page.input_value("dialog[open] textarea[name=text]")
    hands.press("Control+Enter")
    hands.see(".chip.major")
    assert hands.spent() <= 8
    was_declared(text)


def test_tasks_4_to_7_and_11_by_keys_on_a_ticket(hands: Hands, ready: World, complaints: list[str]) -> None:  # noqa: F811
    a_note(hands, ready)
    a_reply_taken_back(hands)
    a_macro(hands, ready)
    a_duplicate(hands)
    a_major_incident(hands)
    assert hands.lost == []
    assert complaints == []


def declare_by_pointer(hands: Hands) -> None:  # noqa: F811
    """Task 11, by pointer."""
    page = hands.page
    hands.click("[popovertarget=more-verbs]", "#more-verbs a:has-text('Declare major')")
    text = page.input_value("dialog[open] textarea[name=text]")
    hands.click("dialog button:has-text('Declare')")
    hands.see(".chip.major")
    assert hands.spent() <= 5
    was_declared(text)


def test_tasks_4_to_7_and_11_by_pointer_on_a_ticket(
    hands: Hands, ready: World, complaints: list[str]  # noqa: F811
) -> None:  # fmt: skip
    page = hands.page
    hands.at(address(PRINTERS), "#composer[data-started]")
    hands.click("[data-compose=note]")
    hands.write("Please look at the print server, @ma")
    hands.click(".suggest [role=option]:has-text('Marta')", "button:has-text('Save note')")
    hands.see(".msg.internal:has-text('print server')")
    assert hands.spent() <= 4
    was_noted(ready)

    page.click("[data-compose=reply]")
    hands.write(QUESTION)
    page.click("[data-send]")
    hands.see("#composer[data-started] .send")
    hands.spent()
    hands.click("#composer .send button:has-text('Undo')")
    assert hands.spent() <= 1
    hands.writes_in("form[data-editor=reply] textarea")
    assert fresh(PRINTERS).state == "new"

    hands.at(f"{address(MAIL)}?view=all", "#composer[data-started]")
    hands.click("[data-macro-open]", "[data-macro-list] [role=option]")
    hands.see("[data-pending] .chip")
    hands.click("[data-send]")
    hands.see("#composer[data-started] .send")
    hands.click("[aria-label='Next ticket']")
    page.wait_for_url(lambda url: desk.ticket(MAIL).number not in url)
    assert hands.spent() <= 5
    assert fresh(MAIL).assignee == ready.agent

    hands.at(address(BADGES), "#composer[data-started]")
    hands.click("[popovertarget=more-verbs]", "#more-verbs a:has-text('Merge')", f"dialog >> text={MAIL}")
    hands.see("dialog .pair")
    hands.click("dialog button:has-text('Merge')")
    page.wait_for_url(f"**{address(MAIL)}")
    assert hands.spent() <= 5
    was_merged()

    hands.see("#composer[data-started]")
    declare_by_pointer(hands)
    assert complaints == []
