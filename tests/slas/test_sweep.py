"""The sweep does what is due exactly once, in order, and tells when it was late."""

import pytest
from django.db import connection, transaction

from accounts import actions as accounts
from accounts import actors
from accounts.models import Compartment, Team
from calendars import actions as calendars
from core import time
from customers import scoping
from journal.models import Entry
from slas import standards, sweep, tasks
from slas.drafts import StepDraft
from slas.models import Escalation, Timer
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import Hands, at, make_levels
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def run(instant, *, batch: int = 500) -> sweep.Swept:
    """One sweep at an instant, as the worker would."""
    with time.frozen(instant):
        return sweep.sweep(actors.system("Clock sweep"), batch=batch)


def said(name: str) -> list[Entry]:
    return list(Entry.objects.filter(name=name).order_by("id"))


def test_before_anything_is_due_the_sweep_does_nothing(hands: Hands):
    assert vars(run(at(14, 59))) == vars(sweep.Swept())
    assert said("sla.escalated") == []


def test_a_step_on_the_way_is_said_once(hands: Hands):
    assert run(at(15, 0, 10)).notified == 1
    assert run(at(15, 0, 25)).notified == 0
    (entry,) = said("sla.escalated")
    assert (entry.at, entry.data["percent"], entry.data["notify"]) == (at(15), 75, ["assignee"])
    assert (entry.data["late_seconds"], entry.actor_label) == (10, "Clock sweep")
    assert hands.clock("first_response").next_at == at(16)


def test_a_breach_is_stamped_once_and_dated_at_its_deadline(hands: Hands):
    first, second = run(at(16, 0, 12)), run(at(16, 0, 27))
    assert (first.breached, second.breached) == (1, 0)
    response = hands.clock("first_response")
    assert (response.breached_at, response.state, response.due_at) == (at(16), "running", at(16))
    (entry,) = said("sla.breached")
    assert (entry.at, entry.data["late_seconds"], entry.subject_id) == (at(16), 12, hands.ticket.pk)
    assert hands.fresh().due_at == at(16)  # it stays overdue
    assert hands.fresh().version == 1


def test_a_deadline_is_not_missed_before_it_has_passed(hands: Hands):
    assert run(at(16)).breached == 0


def test_a_breach_that_the_sweep_stamped_is_not_said_again_when_the_clock_stops(hands: Hands):
    run(at(16, 1))
    hands.reply(at(16, 30))
    assert len(said("sla.breached")) == 1
    assert hands.clock("first_response").verdict == "breached"


def test_after_a_day_without_a_sweeper_nothing_is_lost_and_nothing_doubled(hands: Hands):
    swept = run(at(12, day=27))
    assert (swept.breached, swept.notified) == (2, 3)
    assert [one.at for one in said("sla.breached")] == [at(16), at(12, day=23)]
    moments = [one.at for one in said("sla.escalated")]
    assert moments == sorted(moments) == [at(15), at(16, day=19), at(12, day=23)]
    assert vars(run(at(13, day=27))) == vars(sweep.Swept())


def test_small_batches_take_everything_too(world: World, levels):
    for _ in range(7):
        report(world.acme)
    assert run(at(16, 1), batch=2).breached == 7
    assert len(said("sla.breached")) == 7


def test_a_paused_clock_owes_nothing_and_catches_up_when_it_runs_again(hands: Hands):
    hands.hold(at(13))
    assert run(at(12, day=27)).breached == 0
    hands.answer(at(9, day=30))
    assert hands.clock().next_at == at(12, day=1).replace(month=12)  # 12 of 16 h: 75 %


def test_where_a_new_target_left_nothing_no_warning_comes_after_the_fact(hands: Hands):
    hands.reply(at(12, 5))
    hands.prioritise(at(11, day=19), 1)
    swept = run(at(11, 0, 5, day=19))
    assert (swept.breached, swept.notified) == (1, 1)
    (entry,) = said("sla.escalated")
    assert entry.data["percent"] == 100


def second_line() -> Team:
    return accounts.create_team(Team(slug="second-line", name="Second line"), by=SYSTEM, at=NOON)


def test_a_step_that_reassigns_goes_through_the_ticket(world: World):
    team = second_line()
    steps = (StepDraft(percent=50, notify=("lead",), reassign_to=team), *standards.WARN_AND_TELL)
    make_levels(world, response=steps, resolution=())
    ticket = report(world.acme)
    assert run(at(14, 0, 5)).reassigned == 1
    assert run(at(14, 0, 20)).reassigned == 0
    moved = Ticket.objects.get(pk=ticket.pk)
    assert (moved.team, moved.version) == (team, 2)
    (entry,) = said("sla.escalated")
    assert (entry.at, entry.data["team"], entry.data["notify"]) == (at(14), "Second line", ["lead"])
    assert [one.data["team"] for one in said("incident.assigned")] == ["Second line"]
    assert [one.outcome for one in Escalation.objects.all()] == ["reassigned"]


def test_a_step_that_is_refused_is_done_with_and_says_why(world: World):
    make_levels(world, response=(StepDraft(percent=50, reassign_to=second_line()),), resolution=())
    ticket = report(world.acme)
    Ticket.objects.filter(pk=ticket.pk).update(state="resolved", phase="resolved", resolved_at=at(13))
    assert run(at(14, 0, 5)).reassigned == 1
    (fired,) = Escalation.objects.all()
    assert (fired.outcome, bool(fired.note)) == ("refused", True)
    assert run(at(14, 0, 20)).reassigned == 0


def test_a_step_that_fails_is_put_off_and_the_others_go_on(world: World):
    make_levels(world, response=(StepDraft(percent=50, reassign_to=second_line()),), resolution=())
    broken, sound = report(world.acme), report(world.acme)
    Ticket.objects.filter(pk=broken.pk).update(state="nonsense")
    swept = run(at(14, 0, 5))
    assert (swept.reassigned, swept.failed) == (1, 1)
    assert Ticket.objects.get(pk=sound.pk).team.slug == "second-line"
    response = Timer.objects.get(ticket=broken, metric="first_response")
    assert (response.next_at, response.escalations.count()) == (at(14, 5, 5), 0)
    Ticket.objects.filter(pk=broken.pk).update(state="new")
    assert run(at(14, 5, 10)).reassigned == 1


def test_a_step_after_due_counts_business_or_elapsed_time(world: World):
    later = (
        StepDraft(offset_seconds=4 * 3600, counting="business", notify=("lead",)),
        StepDraft(offset_seconds=4 * 3600, counting="elapsed", notify=("team",)),
        StepDraft(offset_seconds=-1800, notify=("assignee",)),
    )
    make_levels(world, response=later, resolution=())
    report(world.acme)
    run(at(17, day=24))
    told = {one.data["notify"][0]: one.at for one in said("sla.escalated")}
    assert told == {"assignee": at(15, 30), "team": at(20), "lead": at(12, day=19)}


def test_the_database_itself_refuses_a_step_twice(hands: Hands):
    run(at(15, 1))
    fired = Escalation.objects.get()
    with pytest.raises(Exception, match="step_fires_once"), transaction.atomic():
        Escalation.objects.create(
            customer_id=fired.customer_id, timer=fired.timer, step=fired.step,
            due_at=fired.due_at, fired_at=fired.fired_at, outcome="notified",
        )  # fmt: skip


def test_clocks_follow_their_business_hours_when_these_change(hands: Hands, levels):
    longer = {**standards.OFFICE_HOURS, "sat": [["09:00", "17:00"]], "sun": [["09:00", "17:00"]]}
    calendars.change_calendar(
        levels.london, by=SYSTEM, at=at(14), fields={"week": longer}, reason="Weekends too"
    )
    assert hands.clock().due_at == at(12, day=23)
    assert run(at(14, 0, 10)).moved == 2
    moved = hands.clock()
    assert (moved.calendar_version, moved.due_at) == (2, at(12, day=21))  # Saturday 12:00
    assert run(at(14, 0, 25)).moved == 0


def test_the_task_is_the_sweep(hands: Hands):
    with time.frozen(at(16, 1)):
        assert tasks.sweep()["breached"] == 1


def test_restricted_tickets_keep_their_clocks(hands: Hands):
    closed = Compartment.objects.create()
    with time.frozen(NOON), scoping.scope(scoping.ALL, compartments=[0, closed.pk]):
        Ticket.objects.filter(pk=hands.ticket.pk).update(compartment=closed.pk)
        assert set(Timer.objects.values_list("compartment", flat=True)) == {closed.pk}
    assert Timer.objects.count() == 0
    assert run(at(16, 1)).breached == 1
    assert said("sla.breached") == []  # nor is the entry for everybody's eyes


def test_the_sweep_finds_what_is_due_by_its_index(hands: Hands):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM slas_timer WHERE next_at < now() ORDER BY next_at, id LIMIT 500"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "timer_due" in plan


def test_what_is_due_by_the_hours_of_before_waits_until_it_follows_its_calendar(
    hands: Hands, levels, monkeypatch
):
    longer = {day: [["14:30", "23:00"]] for day in standards.EVERY_DAY}
    calendars.change_calendar(levels.london, by=SYSTEM, at=at(14), fields={"week": longer})
    monkeypatch.setattr(sweep, "MOST_SECONDS", -1)  # others took all the time there was
    assert vars(run(at(16, 1))) == vars(sweep.Swept())
    monkeypatch.undo()
    assert run(at(16, 1, 15)).moved == 2
    response = hands.clock("first_response")
    assert (response.breached_at, response.due_at) == (None, at(16, 30))  # as if it had followed at 14:00
    assert said("sla.breached") == []


def test_a_ticket_whose_clocks_cannot_follow_is_swept_by_the_hours_it_has(hands: Hands, levels):
    nights = {day: [["22:00", "23:00"]] for day in standards.EVERY_DAY}
    calendars.change_calendar(levels.london, by=SYSTEM, at=at(14), fields={"week": nights})
    by = actors.system("Clock sweep")
    with time.frozen(at(16, 1)):
        assert sweep._take_batch(by, 500, sweep.Swept(), stuck=set()) == (0, [])
        assert sweep._take_batch(by, 500, sweep.Swept(), stuck={hands.ticket.pk})[0] == 1
    assert Timer.objects.get(metric="first_response").breached_at == at(16)
