"""A day is judged by the version in force on that day; several versions answer as one calendar."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars import versions
from calendars.versions import Hours
from calendars.worktime import InvalidCalendar, NeverOpens, WorkCalendar

UTC = dt.UTC
HALF_HOUR = dt.timedelta(minutes=30)  # every window here begins and ends on one
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = {day: [["09:00", "17:00"]] for day in WORKDAYS}
LATE = {day: [["12:00", "20:00"]] for day in WORKDAYS}
NIGHTS = {day: [["22:00", "06:00"]] for day in WORKDAYS}
ALWAYS = {day: [["00:00", "24:00"]] for day in (*WORKDAYS, "sat", "sun")}


def version(
    number: int, week: dict, valid_from: str | None = None, *, zone: str = "UTC", holidays=(), special=None
) -> Hours:
    first = dt.date.fromisoformat(valid_from) if valid_from else None
    return Hours(number, first, zone, json.dumps(week), json.dumps(list(holidays)), json.dumps(special or {}))


def at(day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    """An instant of June 2026: the 1st is a Monday."""
    return dt.datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def hours(amount: float) -> dt.timedelta:
    return dt.timedelta(hours=amount)


def test_one_version_is_its_calendar():
    assert isinstance(versions.combine((version(1, OFFICE),)), WorkCalendar)


def test_each_day_is_judged_by_the_version_in_force_on_it():
    both = versions.combine((version(1, OFFICE), version(2, LATE, "2026-06-03")))
    assert both.between(at(2), at(3)) == both.between(at(3), at(4)) == hours(8)
    assert (both.is_open(at(2, 10)), both.is_open(at(3, 10)), both.is_open(at(3, 18))) == (True, False, True)
    assert both.add(at(2, 16), hours(2)) == at(3, 13)
    assert both.subtract(at(3, 13), hours(2)) == at(2, 16)
    assert both.next_opening(at(2, 17)) == at(3, 12)
    assert both.next_closing(at(2, 18)) == at(3, 20)


def test_the_tail_of_the_eves_night_shift_stays_with_the_version_that_opened_it():
    both = versions.combine((version(1, NIGHTS), version(2, OFFICE, "2026-06-03")))
    assert both.between(at(2, 12), at(4)) == hours(16)  # 22:00 to 06:00, then 09:00 to 17:00
    assert both.is_open(at(3, 5))
    assert both.add(at(3, 5), hours(2)) == at(3, 10)


def test_of_two_versions_from_the_same_day_the_later_one_counts():
    three = versions.combine(
        (version(1, OFFICE), version(2, LATE, "2026-06-03"), version(3, ALWAYS, "2026-06-03"))
    )
    assert three.between(at(3), at(4)) == hours(24)


def test_windows_that_touch_over_the_change_are_one():
    both = versions.combine(
        (version(1, ALWAYS), version(2, ALWAYS, "2026-06-03", holidays=[{"date": "2026-06-05"}]))
    )
    assert both.next_closing(at(2, 12)) == at(5)
    assert both.next_opening(at(2, 12)) == at(6)


def test_hours_that_run_into_the_new_ones_are_refused_with_the_moments():
    with pytest.raises(InvalidCalendar, match="choose another first day"):
        versions.combine((version(1, NIGHTS), version(2, ALWAYS, "2026-06-03")))


def test_a_version_may_be_closed_on_all_its_days():
    weekend = versions.combine(
        (
            version(1, OFFICE),
            version(2, {"sat": [["09:00", "10:00"]]}, "2026-06-01"),
            version(3, OFFICE, "2026-06-03"),
        )
    )
    assert weekend.add(at(1, 9), hours(1)) == at(3, 10)


def test_holidays_are_those_of_the_version_that_judges_their_day():
    both = versions.combine(
        (
            version(
                1,
                OFFICE,
                holidays=[{"date": "2026-06-02", "name": "Old"}, {"date": "2026-06-04", "name": "Gone"}],
            ),
            version(2, OFFICE, "2026-06-03", holidays=[{"date": "2026-06-05", "name": "New"}]),
        )
    )
    assert both.closed_days(at(1), at(10)) == [(dt.date(2026, 6, 2), "Old"), (dt.date(2026, 6, 5), "New")]
    assert both.between(at(1), at(6)) == hours(24)


def test_a_calendar_that_ends_says_so():
    last = {"2026-06-10": [["09:00", "17:00"]]}
    both = versions.combine((version(1, OFFICE), version(2, {}, "2026-06-03", special=last)))
    assert both.add(at(1, 9), hours(24)) == at(10, 17)
    with pytest.raises(NeverOpens):
        both.add(at(1, 9), hours(25))


WEEKS = st.sampled_from(
    [OFFICE, LATE, {"mon": [["08:00", "12:00"], ["13:00", "19:30"]], "sun": [["10:00", "11:00"]]}]
)


@given(
    st.lists(st.tuples(WEEKS, st.integers(min_value=1, max_value=28)), min_size=1, max_size=4),
    st.integers(min_value=0, max_value=30 * 48),
    st.integers(min_value=0, max_value=20 * 48),
)
@settings(max_examples=80, deadline=None)
def test_versions_add_up_like_a_stepper_that_asks_each_day_for_its_version(later, start, length):
    known = [version(1, OFFICE)]
    known += [version(n, week, f"2026-06-{day:02}") for n, (week, day) in enumerate(later, start=2)]
    business = versions.combine(tuple(known))
    begin = at(1) + start * HALF_HOUR
    end = begin + length * HALF_HOUR
    plain = [one.calendar() for one in known]

    def is_open(moment: dt.datetime) -> bool:
        judging = [
            n for n, one in enumerate(known) if one.valid_from is None or one.valid_from <= moment.date()
        ]
        return plain[max(judging)].is_open(moment)

    counted = sum(is_open(begin + n * HALF_HOUR) for n in range(length))
    assert business.between(begin, end) == counted * HALF_HOUR
    used = business.between(begin, end)
    reached = business.add(begin, used)
    assert reached <= end
    assert business.between(begin, reached) == used
    if used:
        assert business.add(business.subtract(end, used), used) == reached
