"""Recurring tickets: on which days and at which instant they occur, once each, and what is caught up."""

import datetime as dt

import pytest
from dateutil import tz
from django.db import IntegrityError, transaction

from automation import actions, occurrences, recurring, tasks
from automation.models import Occurrence, Schedule, TicketTemplate
from core import errors, time
from journal.models import Entry
from tests.api.callers import Caller, refused
from tests.places import NOON, SYSTEM, World
from tickets.models import Ticket

DAY = dt.timedelta(days=1)


def schedule(world: World, *, at: dt.datetime = NOON, **given) -> Schedule:
    template = TicketTemplate(name="Check the backup", title="Check the backup", service=world.acme.service)
    template = actions.create_prepared(template, by=SYSTEM, at=at)
    values = {
        "customer": world.acme.customer, "name": "Backup", "template": template, "frequency": "daily",
        "local_time": dt.time(9), "time_zone": "Europe/Berlin", "starts_on": at.date(), "is_on": True,
    }  # fmt: skip
    return actions.create_schedule(Schedule(**{**values, **given}), by=SYSTEM, at=at)


def bare(**given) -> Schedule:
    values = {
        "frequency": "monthly",
        "local_time": dt.time(9),
        "time_zone": "UTC",
        "starts_on": dt.date(2026, 1, 1),
    }
    return Schedule(**{**values, **given})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"frequency": "daily", "interval": 3}, ["01-01", "01-04", "01-07"]),
        ({"frequency": "daily", "weekdays": [0, 1, 2, 3, 4]}, ["01-01", "01-02", "01-05"]),
        ({"frequency": "weekly", "weekdays": [0, 3]}, ["01-01", "01-05", "01-08"]),
        ({"frequency": "weekly", "weekdays": [4], "interval": 2}, ["01-02", "01-16", "01-30"]),
        ({"month_day": "date", "month_number": 31}, ["01-31", "02-28", "03-31"]),
        ({"month_day": "date", "month_number": -1}, ["01-31", "02-28", "03-31"]),
        ({"month_day": "weekday", "weekdays": [1], "month_number": 2}, ["01-13", "02-10", "03-10"]),
        ({"month_day": "weekday", "weekdays": [4], "month_number": -1}, ["01-30", "02-27", "03-27"]),
        ({"month_day": "working_day", "month_number": 1}, ["01-01", "02-02", "03-02"]),
        ({"month_day": "working_day", "month_number": -1}, ["01-30", "02-27", "03-31"]),
    ],
)
def test_the_days_on_which_it_occurs(pattern: dict, expected: list[str]):
    found = occurrences.days(bare(**pattern), dt.date(2026, 1, 1), 3)
    assert [one.strftime("%m-%d") for one in found] == expected


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
)
def test_a_year_of_days_has_an_instant_each_whatever_the_clocks_do(zone: str):
    for wall in (dt.time(0, 30), dt.time(1, 30), dt.time(2, 15), dt.time(2, 45)):
        rule = bare(frequency="daily", time_zone=zone, local_time=wall)
        found = occurrences.after(rule, dt.datetime(2026, 1, 1, tzinfo=dt.UTC) - DAY, 366)
        assert len({one.due_at for one in found}) == len({one.on for one in found}) == 366
        assert [one.due_at for one in found] == sorted(one.due_at for one in found)
        assert {one.due_at.astimezone(tz.gettz(zone)).date() == one.on for one in found} == {True}


def test_a_skipped_time_is_the_jump_itself_and_a_repeated_one_its_first():
    berlin = "Europe/Berlin"
    assert (
        occurrences.instant(dt.date(2026, 3, 29), dt.time(2, 30), berlin).isoformat()
        == "2026-03-29T01:00:00+00:00"
    )
    assert (
        occurrences.instant(dt.date(2026, 10, 25), dt.time(2, 30), berlin).isoformat()
        == "2026-10-25T00:30:00+00:00"
    )


def test_it_opens_once_however_often_it_is_swept(world: World):
    row = schedule(world)
    tomorrow = dt.datetime(2026, 11, 19, 8, 0, tzinfo=dt.UTC)
    assert row.next_at == tomorrow
    assert recurring.due_ids(tomorrow - dt.timedelta(seconds=1)) == []
    opened = [recurring.work_off_one(*key, by=SYSTEM, at=tomorrow) for key in recurring.due_ids(tomorrow) * 2]
    assert opened == [1, 0]
    row.refresh_from_db()
    ticket = Ticket.objects.get(title="Check the backup")
    assert (row.next_at, row.version, ticket.opened_at) == (tomorrow + DAY, 1, tomorrow)
    row.next_at = (
        tomorrow  # as a worker that died after its commit would leave it, were it not one transaction
    )
    assert recurring.work_off(row, by=SYSTEM, at=tomorrow) == 0
    assert Entry.objects.get(name="incident.opened").actor_label == "Backup"
    with pytest.raises(IntegrityError), transaction.atomic():
        Occurrence.objects.create(
            customer=world.acme.customer, schedule=row, on=tomorrow.date(), due_at=tomorrow, outcome="opened", at=NOON
        )  # fmt: skip


@pytest.mark.parametrize(
    ("way", "outcomes"),
    [
        ("all", ["opened", "opened", "opened"]), ("last", ["skipped", "skipped", "opened"]),
        ("none", ["skipped", "skipped", "skipped"]),
    ],
)  # fmt: skip
def test_what_was_missed_is_caught_up_as_the_schedule_says(world: World, way: str, outcomes: list[str]):
    row = schedule(world, catch_up=way)
    later = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
    with time.frozen(later):
        assert tasks.open_recurring() == outcomes.count("opened")
    found = Occurrence.objects.filter(schedule=row).order_by("on").values_list("outcome", flat=True)
    assert list(found) == outcomes


def test_a_refused_opening_is_written_down_and_the_next_one_tried(world: World):
    row = schedule(world)
    world.agent.is_active = False
    world.agent.save()
    row.template.to_user = world.agent
    row.template.save()
    at = row.next_at
    assert recurring.work_off(row, by=SYSTEM, at=at) == 0
    assert Occurrence.objects.get(schedule=row).outcome == "refused"
    assert (row.next_at, Ticket.objects.count()) == (at + DAY, 0)


def test_changing_it_never_opens_the_past(world: World):
    row = schedule(world, is_on=False)
    assert row.next_at is None
    late = NOON + 5 * DAY
    changed = actions.change_schedule(row, by=SYSTEM, at=late, fields={"is_on": True}, reason="Now")
    assert (changed.version, changed.next_at) == (2, dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC))


def test_programs_keep_recurring_tickets_and_see_what_comes(world: World):
    template = schedule(world).template
    admin, agent = Caller(world.administrator), Caller(world.agent)
    body = {
        "name": "Month end", "customer": "acme", "template": template.pk, "frequency": "monthly", "local_time": "23:30",
        "month_day": "date", "month_number": -1, "time_zone": "America/New_York", "starts_on": "2026-11-01",
        "is_on": True,
    }  # fmt: skip
    made = admin.post("recurring-tickets/", body)
    assert made.status_code == 201, made.content
    assert made.json()["next_occurrences"][:2] == ["2026-12-01T04:30:00Z", "2027-01-01T04:30:00Z"]
    refused(admin.post("recurring-tickets/", {**body, "name": "x", "month_number": 0}), 422, "invalid")
    refused(admin.post("recurring-tickets/", {**body, "name": "x", "frequency": "weekly"}), 422, "invalid")
    refused(agent.patch(f"recurring-tickets/{made.json()['id']}/", {"is_on": False}), 403, "forbidden")
    with pytest.raises(errors.Forbidden):
        actions.change_schedule(
            Schedule.objects.get(name="Month end"),
            by=world.actor(world.agent),
            at=NOON,
            fields={"is_on": False},
        )
