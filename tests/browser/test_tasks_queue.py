"""Tasks 1 to 3 of the usability walk, in the queue: by keys alone and by pointer alone.

Each press is counted, the end is read in the database. docs/usability.md has all twenty, with their limits.
"""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts.models import Team
from cmdb import actions as cmdb
from cmdb.models import ConfigurationItem
from core.actor import ALL
from customers import scoping
from journal.models import Entry
from slas.models import Timer
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import complaints, story  # noqa: F401 - fixtures
from tests.browser.walking import MAIL, PRINTERS, Hands, fresh, hands, leave_the_outbox, mailed  # noqa: F401
from tests.places import SYSTEM, World, report
from tickets.models import Message, PendingSend, Ticket

pytestmark = desk.pytestmark
FIVE = [f"Screen {number} stays dark" for number in range(5)]


@pytest.fixture
def busy(story: World) -> World:  # noqa: F811 - the fixture of that name
    """Another team, another service of Beta, and five neighbours in the list."""
    with scoping.scope(ALL) as here:
        accounts.create_team(
            Team(slug="network", name="Network"), by=SYSTEM, at=here.at, members=[story.lead]
        )
        item = ConfigurationItem(
            customer=story.provider, type=story.beta.service.type, name="Printing", slug="printing"
        )
        cmdb.subscribe(
            cmdb.create_item(item, by=SYSTEM, at=here.at), by=SYSTEM, at=here.at, customer=story.beta.customer
        )
        for title in FIVE:
            report(story.acme, at=here.at, title=title, impact=3, urgency=3)
    return story


def owners(*titles: str) -> list[str]:
    with scoping.scope(ALL):
        rows = Ticket.objects.filter(title__in=titles).select_related("assignee").order_by("title")
        return [str(one.assignee) for one in rows]


def was_answered(world: World, text: str, title: str) -> None:
    """Task 1: one reply, one mail, mine, put off until tomorrow at nine, clocks at rest; nothing before its time."""
    with scoping.scope(ALL):
        assert [one.body for one in PendingSend.objects.all()] == [text]
        assert not Message.objects.filter(body=text).exists()
    assert fresh(title).assignee == world.agent
    before = mailed()
    assert leave_the_outbox() == 1
    held = fresh(title)
    assert (held.state, held.hold_kind) == ("on_hold", "scheduled")
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    assert held.hold_until == dt.datetime.combine(tomorrow, dt.time(9), dt.UTC)
    with scoping.scope(ALL):
        assert Message.objects.get(body=text).audience == "public"
        assert {one.state for one in Timer.objects.filter(ticket=held)} == {"paused", "stopped"}
    address = held.requester.email
    assert [one for one in mailed()[len(before) :] if one[1] == address] == [("update", address)]


def choose(hands: Hands, label: str) -> None:  # noqa: F811
    hands.click(f"#picker-options [data-option]:has-text('{label}')")
    hands.page.wait_for_selector("tr.r [aria-busy]", state="detached")


def test_tasks_1_to_3_by_keys_in_the_queue(hands: Hands, busy: World, complaints: list[str]) -> None:  # noqa: F811
    hands.at("/desk/", "tr.r.cur")
    hands.press("Shift+A", "r")
    hands.write("We look at it tomorrow.")
    hands.press("Control+.")
    hands.press("h", "Enter", "Control+Enter")
    hands.see("#composer .send")
    assert hands.spent() <= 7
    was_answered(busy, "We look at it tomorrow.", MAIL)

    before = fresh(PRINTERS)
    with scoping.scope(ALL):
        due = {one.metric: one.due_at for one in Timer.objects.filter(ticket=before)}
    hands.at(f"/desk/?view=unassigned&requester={before.requester_id}", "tr.r.cur")
    hands.press("t")
    hands.narrow("ne")
    hands.press("Enter", "p", "1", "v")
    hands.narrow("pr")
    hands.press("Enter")
    hands.see(f"#row-{before.number}[data-v='{before.version + 3}']")
    assert hands.spent() <= 11
    sorted_ = fresh(PRINTERS)
    assert (sorted_.team.slug, sorted_.priority, sorted_.service.name) == ("network", 1, "Printing")
    with scoping.scope(ALL):
        names = Entry.objects.filter(subject_id=before.pk, actor_id=busy.agent.pk)
        assert sorted(one.name for one in names) == [
            "incident.assigned",
            "incident.changed",
            "incident.changed",
        ]
        timers = Timer.objects.filter(ticket=before, state="running")
        assert timers
        assert all(one.due_at < due[one.metric] for one in timers)
    hands.writes_in("tr.r.cur")

    told = len(mailed())
    hands.at("/desk/?priority=5,4", "tr.r.cur")
    hands.press("x", *["Shift+J"] * 4, "a")
    hands.narrow("ma")
    hands.press("Enter")
    hands.see(".toast button.undo")
    assert hands.spent() <= 10
    assert owners(*FIVE) == ["Marta Kovac"] * 5
    assert mailed()[told:] == [("update", busy.lead.email)]
    assert hands.lost == []
    assert complaints == []


def test_tasks_1_to_3_by_pointer_in_the_queue(hands: Hands, busy: World, complaints: list[str]) -> None:  # noqa: F811
    hands.at("/desk/", "#preview [data-compose=reply]")
    hands.click("tr.cur [data-pick=assignee]")
    choose(hands, "Sofia")
    hands.click("#preview [data-compose=reply]")
    hands.write("Tomorrow, then.")
    hands.click("[data-send-menu]", "#send-menu button:has-text('until')", "#preview [data-send]")
    hands.see("#composer .send")
    assert hands.spent() <= 7
    assert (fresh(MAIL).assignee, fresh(MAIL).state) == (busy.agent, "new")

    hands.at(f"/desk/?view=unassigned&requester={fresh(PRINTERS).requester_id}", "#preview .props")
    hands.click("tr.cur [data-pick=priority]")
    choose(hands, "P1")
    hands.click("#preview [data-pick-at=team]")
    choose(hands, "Network")
    hands.click("#preview [data-pick-at=service]")
    choose(hands, "Printing")
    hands.see(f"#row-{desk.ticket(PRINTERS).number}[data-v='4']")
    assert hands.spent() <= 7
    changed = fresh(PRINTERS)
    assert (changed.team.slug, changed.priority, changed.service.name) == ("network", 1, "Printing")

    hands.at("/desk/?priority=5,4", "tr.r.cur")
    hands.click("tr.r >> nth=0 >> .pick")
    hands.click("tr.r >> nth=4 >> .pick", modifiers=["Shift"])
    hands.click(".bulk button:has-text('Assign')")
    hands.click("#picker-options [data-option]:has-text('Marta')")
    hands.see(".toast button.undo")
    assert hands.spent() <= 5
    assert owners(*FIVE) == ["Marta Kovac"] * 5
    hands.click(".toast button.undo")
    hands.see(".toast:has-text('5')")
    assert owners(*FIVE) == ["None"] * 5
    assert complaints == []
