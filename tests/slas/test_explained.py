"""Why a clock says what it says, through every door: to the desk with names, to the customer in "we" and "you"."""

import pytest
from django.test import Client

from accounts import actions as accounts
from accounts.models import Person, User
from accounts.roles import Role
from calendars.worktime import WorkCalendar
from core import time
from core.actor import ALL
from customers import scoping
from slas import pages, standards, telling
from slas.models import Correction
from tests.api.callers import Caller
from tests.places import NOON, SYSTEM, World
from tests.slas.conftest import Hands, at

pytestmark = pytest.mark.django_db
INNER = ("Gold", "London", "Sofia", "Service desk", "priority")


def browser(who: User | Person) -> Client:
    client = Client()
    client.force_login(who if isinstance(who, User) else who.user)
    return client


def test_the_bar_shows_what_counted_what_waited_and_when_it_was_closed(hands: Hands):
    hands.hold(at(13))
    hands.answer(at(10, day=19))
    with time.frozen(at(11, day=19)), scoping.scope(ALL):
        found = pages.of_ticket(hands.fresh(), hands.agent)
    bar = next(one for one in found if one.metric == "resolution").bar
    assert [(one.kind.value, one.from_at, one.to_at) for one in bar.pieces] == [
        ("running", NOON, at(13)),
        ("paused", at(13), at(10, day=19)),
        ("running", at(10, day=19), at(11, day=19)),
        ("coming", at(11, day=19), at(17, day=19)),
        ("closed", at(17, day=19), at(0, day=20)),
        ("holiday", at(0, day=20), at(0, day=21)),
        ("closed", at(0, day=21), at(9, day=23)),
        ("coming", at(9, day=23), at(17, day=23)),
    ]
    assert (bar.now, bar.due_at) == (at(11, day=19), at(17, day=23))


def test_a_customer_reads_the_same_bar_in_his_own_words(hands: Hands, world: World):
    hands.hold(at(13))
    hands.answer(at(14))
    with time.frozen(at(15)):
        page = browser(world.acme.requester).get(f"/requests/{hands.ticket.number}/why/").content.decode()
        told = (
            Caller(world.acme.requester).get(f"tickets/{hands.ticket.number}/explanations/").json()["results"]
        )
        foreign = browser(world.beta.requester).get(f"/requests/{hands.ticket.number}/why/")
    assert "We waited for your answer" in page
    assert [one for one in INNER if one in page] == []
    assert [sorted(one) for one in told] == [
        ["bar", "due_at", "id", "metric", "pieces", "sentences", "title", "verdict"]
    ] * len(told)
    assert [one for one in INNER if one in str(told)] == []
    assert foreign.status_code == 404


def test_around_the_clock_there_is_no_outside_of_our_hours():
    office = WorkCalendar("Europe/London", standards.OFFICE_HOURS)
    always = WorkCalendar("Europe/London", standards.AROUND_THE_CLOCK)
    assert telling.counting(NOON, always) == "Every hour counts, day and night."
    assert telling.counting(NOON, office).startswith("Only our working hours count")


def test_two_people_correct_a_clock_by_rest_and_in_the_desk(hands: Hands, world: World):
    for who in (world.agent, world.lead):
        accounts.grant(who, Role.SERVICE_LEVEL_MANAGER, by=SYSTEM, at=NOON)
    hands.reply(at(16, 30))
    clock, number = hands.clock("first_response"), hands.ticket.number
    asked = {
        "timer": clock.pk,
        "from": "2026-11-18T13:00:00Z",
        "to": "2026-11-18T14:00:00Z",
        "reason": "Cut off",
    }
    one, two = Caller(world.agent), Caller(world.lead)
    with time.frozen(at(17)):
        assert (
            one.post(f"tickets/{number}/timers/{clock.pk}/explain-breach/", {"cause": "Busy"}).status_code
            == 201
        )
        made = one.post(f"tickets/{number}/corrections/", asked)
        assert made.status_code == 201, made.content
        address = f"tickets/{number}/corrections/{made.json()['id']}"
        assert one.post(f"{address}/approve/", {}).status_code == 403
        assert [row["ticket"] for row in two.get("corrections/?verdict=waiting").json()["results"]] == [
            number
        ]
        listed = browser(world.lead).get("/desk/corrections/").content.decode()
        assert "the target would not be missed" in listed
        page = browser(world.lead).get(f"/desk/tickets/{number}/clocks/{clock.pk}/").content.decode()
        assert f"/corrections/{made.json()['id']}/approve/" in page
        done = browser(world.lead).post(
            f"/desk/tickets/{number}/corrections/{made.json()['id']}/approve/", {"note": "Seen"}
        )
        assert done.status_code == 302
        told = two.get(f"tickets/{number}/explanations/{clock.pk}/").json()
    assert hands.clock("first_response").verdict == "met"
    assert (told["verdict"], told["corrections"][0]["seconds"], told["causes"][0]["cause"]) == (
        "met",
        3600,
        "Busy",
    )
    assert [row["kind"] for row in told["pieces"]] == ["running", "corrected", "running"]
    assert Correction.objects.waiting().count() == 0
