"""Business hours are changed by versions with a reason and an entry; the past stays as it was judged."""

import datetime as dt

import pytest

from calendars import actions, holidays, queries
from calendars.models import Calendar, CalendarVersion
from core import errors
from customers import scoping
from journal.models import Entry
from tests.places import NOON, SYSTEM, World

pytestmark = pytest.mark.django_db

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
LATE = {day: [["12:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def make(world: World, **given) -> Calendar:
    calendar = Calendar(name="Berlin", time_zone="Europe/Berlin", customer=given.pop("customer", None))
    return actions.create_calendar(
        calendar, by=SYSTEM, at=NOON, week=given.pop("week", OFFICE), reason="New", **given
    )


def test_a_new_calendar_judges_every_day_and_is_said_once(world):
    calendar = make(world)
    version = queries.newest_version(calendar)
    assert (version.number, version.valid_from, version.week) == (1, None, OFFICE)
    entry = Entry.objects.get(name="calendar.created")
    assert (entry.subject_label, entry.data["reason"]) == ("Berlin", "New")
    assert entry.customer_id == world.provider.pk
    assert queries.business_time(calendar).is_open(NOON)


def test_a_change_applies_from_today_on_and_the_past_stays(world):
    calendar = make(world)
    changed = actions.change_calendar(
        calendar, by=SYSTEM, at=NOON, fields={"week": LATE}, reason="Later shift"
    )
    assert (changed.version, queries.newest_version(changed).valid_from) == (2, dt.date(2026, 11, 18))
    business = queries.business_time(changed)
    yesterday = dt.datetime(2026, 11, 17, 9, tzinfo=dt.UTC)  # 10:00 in Berlin
    assert (business.is_open(yesterday), business.is_open(yesterday + dt.timedelta(days=1))) == (True, False)
    assert queries.in_force(changed, dt.date(2026, 11, 17)).number == 1
    assert queries.in_force(changed, dt.date(2026, 11, 18)).number == 2
    entry = Entry.objects.get(name="calendar.changed")
    assert entry.data == {
        "changes": {"week": [OFFICE, LATE]},
        "valid_from": "2026-11-18",
        "reason": "Later shift",
    }


def test_a_change_may_be_written_ahead_but_not_back(world):
    calendar = make(world)
    ahead = dt.date(2027, 1, 1)
    actions.change_calendar(calendar, by=SYSTEM, at=NOON, fields={"week": LATE}, valid_from=ahead)
    assert queries.in_force(calendar, dt.date(2026, 12, 31)).number == 1
    with pytest.raises(errors.Invalid, match="the past stays"):
        actions.change_calendar(
            calendar, by=SYSTEM, at=NOON, fields={"week": OFFICE}, valid_from=dt.date(2026, 11, 17)
        )
    assert CalendarVersion.objects.count() == 2


def test_what_changes_nothing_is_no_version(world):
    calendar = make(world)
    actions.change_calendar(calendar, by=SYSTEM, at=NOON, fields={"week": OFFICE, "name": "Berlin"})
    assert (CalendarVersion.objects.count(), Entry.objects.filter(name="calendar.changed").count()) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"week": {}}, errors.Invalid),
        ({"week": {"mon": [["09:00", "09:00"]]}}, errors.Invalid),
        ({"week": "always"}, errors.Invalid),
        ({"holidays": [{"day": "2026-12-25"}]}, errors.Invalid),
        ({"special_days": ["2026-12-24"]}, errors.Invalid),
        ({"time_zone": "Mars/Olympus"}, errors.Invalid),
        ({"colour": "blue"}, errors.Malformed),
    ],
)
def test_hours_that_make_no_sense_are_refused_and_nothing_is_written(world, fields, error):
    calendar = make(world)
    before = CalendarVersion.objects.count(), Entry.objects.count()
    with pytest.raises(error) as refused:
        actions.change_calendar(calendar, by=SYSTEM, at=NOON, fields=fields)
    assert refused.value.errors
    assert (CalendarVersion.objects.count(), Entry.objects.count()) == before
    assert Calendar.objects.get(pk=calendar.pk).version == 1


def test_a_name_is_given_once(world):
    make(world)
    with pytest.raises(errors.Conflict, match="Berlin"):
        make(world)
    make(world, customer=world.acme.customer)  # a customer's own may have it too


def test_a_stale_edit_is_refused(world):
    calendar = make(world)
    actions.change_calendar(calendar, by=SYSTEM, at=NOON, fields={"week": LATE}, version=1)
    with pytest.raises(errors.Stale):
        actions.change_calendar(calendar, by=SYSTEM, at=NOON, fields={"week": OFFICE}, version=1)


def test_who_may_not_write_calendars_writes_none(world):
    calendar = make(world)
    before = CalendarVersion.objects.count(), Entry.objects.count()
    for who in (world.agent, world.lead, world.auditor, world.acme.agent, world.acme.manager):
        with pytest.raises(errors.Forbidden):
            actions.change_calendar(calendar, by=world.actor(who), at=NOON, fields={"week": LATE})
    assert (CalendarVersion.objects.count(), Entry.objects.count()) == before
    actions.change_calendar(calendar, by=world.actor(world.administrator), at=NOON, fields={"week": LATE})


def test_a_customers_own_calendar_does_not_exist_for_another(world):
    make(world, customer=world.acme.customer)
    outsider = world.beta.actor(world.beta.agent)
    assert not Calendar.objects.visible_to(outsider).exists()
    with scoping.scope([world.beta.customer.pk]):
        assert not Calendar.objects.exists()
        assert not CalendarVersion.objects.exists()


def test_holidays_are_proposed_by_country_and_part():
    found = holidays.propose("DE", first_year=2026, last_year=2026, part="BE")
    assert {"date": "2026-03-08", "name": found[1]["name"]} in found
    assert [one["date"] for one in found] == sorted(one["date"] for one in found)
    assert "BE" in holidays.countries()["DE"]


@pytest.mark.parametrize(
    "given",
    [
        {"country": "XX", "first_year": 2026, "last_year": 2026},
        {"country": "DE", "first_year": 2026, "last_year": 2026, "part": "ZZ"},
        {"country": "DE", "first_year": 2026, "last_year": 2025},
        {"country": "DE", "first_year": 2026, "last_year": 2036},
    ],
)
def test_what_cannot_be_proposed_is_said(given):
    with pytest.raises(errors.Invalid):
        holidays.propose(given.pop("country"), **given)
