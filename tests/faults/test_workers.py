"""Workers that are killed, many at once, none for two hours: every breach, step, entry and mail is there, and once."""

import datetime as dt
import random
from collections.abc import Callable

import pytest
from django.db.models import F

from core.actor import ALL
from customers import scoping
from journal.models import Entry
from notifications.models import Message
from tests.faults import ledger, town
from tests.faults.conftest import Crew

pytestmark = [pytest.mark.faults, pytest.mark.committing]
Undisturbed = Callable[[int], ledger.Names]


def test_the_books_of_an_undisturbed_day_hold_everything(undisturbed: Undisturbed) -> None:
    kinds = ledger.Names(name[0] for name in undisturbed(4).elements())
    assert (kinds["breach"], kinds["sla.breached"]) == (8, 8)
    assert (kinds["step"], kinds["sla.escalated"], kinds["incident.assigned"]) == (16, 16, 4)
    assert min(kinds["mail"], kinds["line"]) >= 12
    assert set(undisturbed(4).values()) == {1}


def test_a_worker_is_killed_before_and_after_each_statement_of_a_sweep(
    committing_db: str, crew: Crew, undisturbed: Undisturbed, seed: int
) -> None:
    tickets = 1 + seed // 4 % 3
    town.build(tickets)
    done = crew.do("die_everywhere", batch=random.Random(seed).choice([1, 500]), first=seed % 4)
    assert done["kills"] > 15
    crew.heal()
    ledger.assert_whole(undisturbed(tickets))


@pytest.mark.parametrize("beats", [2, 5])
def test_several_beats_wake_several_workers_some_of_which_are_killed(
    committing_db: str, crew: Crew, undisturbed: Undisturbed, seed: int, beats: int
) -> None:
    town.build(4)
    crew.do("crowd", count=beats, batch=random.Random(seed).choice([2, 3, 7]), kills=beats, seed=seed)
    crew.heal()
    ledger.assert_whole(undisturbed(4))


def test_two_hours_without_a_worker_are_caught_up_in_order_with_one_mail_each(
    committing_db: str, crew: Crew, seed: int
) -> None:
    tickets = random.Random(seed).randint(10, 14)
    town.build(tickets, over=dt.timedelta(hours=2), last_due=dt.timedelta(0))
    crew.do("once", batch=random.Random(seed).choice([9, 500]))
    crew.do("mail", ahead=120)
    found = ledger.read()
    assert set(found.values()) == {1}
    with scoping.scope(ALL):
        said = Entry.objects.filter(name="sla.breached", data__metric="resolution").order_by("id")
        moments = list(said.values_list("at", flat=True))
        assert len(moments) == tickets
        assert moments == sorted(moments)
        late = list(said.values_list(F("data__late_seconds"), flat=True))
        assert late == sorted(late, reverse=True)
        left = Message.objects.filter(kind="alarm").exclude(state="merged")
        digests = left.values_list("recipient", "customer__slug", "is_digest")
        assert {one[2] for one in digests} == {True}
        assert len(digests) == len(set(digests))
