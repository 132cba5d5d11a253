"""Business time, by example: each test is one sentence about opening hours."""

import importlib
import itertools
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from calendars import worktime
from tests.calendars.hours import ALWAYS, HOUR, NIGHTS, OFFICE, calendar, local, utc


class TestAddingTime:
    def test_time_runs_inside_a_window(self):
        assert calendar(OFFICE).add(local("2026-06-01T10:00"), 2 * HOUR) == local("2026-06-01T12:00")

    def test_the_night_and_the_weekend_do_not_count(self):
        assert calendar(OFFICE).add(local("2026-06-05T16:00"), 2 * HOUR) == local("2026-06-08T10:00")

    def test_a_start_outside_the_hours_counts_from_the_next_opening(self):
        assert calendar(OFFICE).add(local("2026-06-06T12:00"), HOUR) == local("2026-06-08T10:00")

    def test_a_deadline_on_closing_time_is_that_closing_time(self):
        assert calendar(OFFICE).add(local("2026-06-05T16:00"), HOUR) == local("2026-06-05T17:00")
        assert calendar(OFFICE).add(local("2026-06-04T09:00"), 16 * HOUR) == local("2026-06-05T17:00")

    def test_adding_nothing_gives_the_start_even_when_closed(self):
        sunday = local("2026-06-07T12:00")
        assert calendar(OFFICE).add(sunday, timedelta(0)) == sunday

    def test_answers_are_in_utc_whatever_zone_the_start_has(self):
        answer = calendar(OFFICE).add(datetime.fromisoformat("2026-06-01T03:30-04:00"), HOUR)
        assert answer.tzinfo is UTC
        assert answer.isoformat() == "2026-06-01T08:30:00+00:00"
        assert calendar(OFFICE).add(local("2026-06-01T10:00"), timedelta(0)).tzinfo is UTC

    def test_parts_of_a_second_are_kept_exactly(self):
        start = local("2026-06-01T16:59:59.999999")
        assert calendar(OFFICE).add(start, timedelta(microseconds=3)) == local("2026-06-02T09:00:00.000002")

    def test_seconds_in_windows_count(self):
        week = {"mon": [("08:30:15", "08:30:45")]}
        assert calendar(week).add(local("2026-06-01T00:00"), timedelta(seconds=31)) == local(
            "2026-06-08T08:30:16"
        )

    def test_a_split_day_has_a_lunch_break(self):
        week = {"mon": [("13:00", "17:00"), ("08:00", "12:00")]}
        assert calendar(week).add(local("2026-06-01T11:30"), HOUR) == local("2026-06-01T13:30")

    def test_thousands_of_years_are_no_further_than_a_week(self):
        answer = calendar(ALWAYS, "UTC").add(utc("2026-01-01T00:00"), timedelta(days=365_2425 // 10 * 7))
        assert answer == utc("2026-01-01T00:00") + timedelta(days=365_2425 // 10 * 7)


class TestSubtractingTime:
    def test_time_runs_backwards_over_the_weekend(self):
        assert calendar(OFFICE).subtract(local("2026-06-08T10:00"), 2 * HOUR) == local("2026-06-05T16:00")

    def test_a_start_on_opening_time_is_that_opening_time(self):
        assert calendar(OFFICE).subtract(local("2026-06-08T10:00"), HOUR) == local("2026-06-08T09:00")

    def test_subtracting_nothing_gives_the_end(self):
        assert calendar(OFFICE).subtract(local("2026-06-07T12:00"), timedelta(0)) == local("2026-06-07T12:00")


class TestMeasuringTime:
    def test_only_opening_hours_count(self):
        start, end = local("2026-06-05T16:00"), local("2026-06-08T10:00")
        assert calendar(OFFICE).between(start, end) == 2 * HOUR

    def test_nothing_passes_between_closing_and_opening(self):
        start, end = local("2026-06-05T17:00"), local("2026-06-08T09:00")
        assert calendar(OFFICE).between(start, end) == timedelta(0)

    def test_an_end_before_the_start_is_refused(self):
        with pytest.raises(worktime.InvalidMoment, match="lies before the start"):
            calendar(OFFICE).between(local("2026-06-05T17:00"), local("2026-06-05T16:00"))


class TestPauses:
    def test_a_pause_moves_the_deadline_by_its_business_time(self):
        pauses = [(local("2026-06-01T16:00"), local("2026-06-02T10:00"))]
        deadline = calendar(OFFICE).add(local("2026-06-01T15:00"), 3 * HOUR, pauses)
        assert deadline == local("2026-06-02T12:00")

    def test_pauses_may_overlap_and_come_in_any_order(self):
        pauses = [
            (local("2026-06-01T12:00"), local("2026-06-01T13:00")),
            (local("2026-06-01T10:00"), local("2026-06-01T11:00")),
            (local("2026-06-01T10:30"), local("2026-06-01T12:30")),
        ]
        assert (
            calendar(OFFICE).between(local("2026-06-01T09:00"), local("2026-06-01T14:00"), pauses) == 2 * HOUR
        )
        assert calendar(OFFICE).add(local("2026-06-01T09:00"), 2 * HOUR, pauses) == local("2026-06-01T14:00")

    def test_a_deadline_reached_as_the_pause_begins_is_that_moment(self):
        pauses = [(local("2026-06-01T10:00"), local("2026-06-01T11:00"))]
        assert calendar(OFFICE).add(local("2026-06-01T09:00"), HOUR, pauses) == local("2026-06-01T10:00")

    def test_a_start_inside_a_pause_counts_from_its_end(self):
        pauses = [(local("2026-06-01T09:00"), local("2026-06-01T11:00"))]
        assert calendar(OFFICE).add(local("2026-06-01T10:00"), HOUR, pauses) == local("2026-06-01T12:00")

    def test_pauses_outside_the_period_or_the_hours_change_nothing(self):
        pauses = [
            (local("2026-05-01T10:00"), local("2026-05-01T11:00")),
            (local("2026-06-01T18:00"), local("2026-06-02T08:00")),
            (local("2026-06-02T09:00"), local("2026-06-02T09:00")),
            (local("2026-07-01T10:00"), local("2026-07-01T11:00")),
        ]
        start, end = local("2026-06-01T16:00"), local("2026-06-02T10:00")
        assert calendar(OFFICE).between(start, end, pauses) == 2 * HOUR
        assert calendar(OFFICE).add(start, 2 * HOUR, pauses) == end

    def test_a_pause_that_ends_before_it_begins_is_refused(self):
        pauses = [(local("2026-06-01T11:00"), local("2026-06-01T10:00"))]
        with pytest.raises(worktime.InvalidMoment, match="ends before it"):
            calendar(OFFICE).add(local("2026-06-01T09:00"), HOUR, pauses)


class TestHolidaysAndSpecialDays:
    def test_a_holiday_is_closed(self):
        holidays = [{"date": "2026-06-04", "name": "Corpus Christi"}]
        assert calendar(OFFICE, holidays=holidays).add(local("2026-06-03T16:00"), 2 * HOUR) == local(
            "2026-06-05T10:00"
        )

    def test_a_range_of_holidays_includes_both_its_ends(self):
        holidays = [{"from": "2026-06-02", "to": "2026-06-04", "name": "Works holiday"}]
        works = calendar(OFFICE, holidays=holidays)
        assert works.between(local("2026-06-01T00:00"), local("2026-06-06T00:00")) == 16 * HOUR

    def test_overlapping_holidays_close_a_day_once(self):
        holidays = [
            {"from": "2026-06-01", "to": "2026-06-03", "name": "a"},
            {"from": "2026-06-02", "to": "2026-06-04", "name": "b"},
            {"date": "2026-06-02", "name": "c"},
            {"annual": "06-02", "name": "d"},
        ]
        works = calendar(OFFICE, holidays=holidays)
        assert works.between(local("2026-06-01T00:00"), local("2026-06-06T00:00")) == 8 * HOUR

    def test_an_annual_holiday_comes_every_year(self):
        works = calendar(OFFICE, holidays=[{"annual": "12-25", "name": "Christmas Day"}])
        for year in (1999, 2026, 2027, 2150, 9000):
            christmas = local(f"{year}-12-25T00:00")
            assert works.between(christmas, christmas + timedelta(days=1)) == timedelta(0)

    def test_an_annual_29_february_is_a_holiday_in_leap_years_only(self):
        works = calendar(ALWAYS, "UTC", holidays=[{"annual": "02-29", "name": "Leap day"}])
        assert works.between(utc("2026-02-28T00:00"), utc("2026-03-02T00:00")) == 48 * HOUR
        assert works.between(utc("2028-02-28T00:00"), utc("2028-03-02T00:00")) == 48 * HOUR
        assert works.between(utc("2000-01-01T00:00"), utc("2400-01-01T00:00")) == timedelta(days=146_097 - 97)

    def test_a_special_day_replaces_the_hours(self):
        works = calendar(OFFICE, special_days={"2026-12-24": [["09:00", "12:00"]]})
        assert works.add(local("2026-12-24T11:00"), 2 * HOUR) == local("2026-12-25T10:00")

    def test_a_special_day_beats_a_holiday(self):
        works = calendar(
            OFFICE,
            holidays=[{"annual": "12-24", "name": "Eve"}],
            special_days={"2026-12-24": [["10:00", "11:00"]]},
        )
        assert works.between(local("2026-12-24T00:00"), local("2026-12-25T00:00")) == HOUR
        assert works.between(local("2027-12-24T00:00"), local("2027-12-25T00:00")) == timedelta(0)

    def test_an_empty_special_day_is_closed(self):
        works = calendar(OFFICE, special_days={"2026-06-02": []})
        assert works.add(local("2026-06-01T16:00"), 2 * HOUR) == local("2026-06-03T10:00")

    def test_a_special_day_may_open_a_sunday(self):
        works = calendar(OFFICE, special_days={"2026-06-07": [["10:00", "12:00"]]})
        assert works.add(local("2026-06-05T17:00"), HOUR) == local("2026-06-07T11:00")

    def test_the_tail_of_the_eves_night_shift_stays_on_a_holiday(self):
        works = calendar(NIGHTS, holidays=[{"date": "2026-06-03", "name": "Closed"}])
        assert works.is_open(local("2026-06-03T05:59"))
        assert not works.is_open(local("2026-06-03T22:00"))
        assert not works.is_open(local("2026-06-04T05:00"))
        assert works.is_open(local("2026-06-04T22:00"))


class TestOpenings:
    def test_an_opening_is_open_and_a_closing_is_not(self):
        assert calendar(OFFICE).is_open(local("2026-06-01T09:00"))
        assert not calendar(OFFICE).is_open(local("2026-06-01T17:00"))
        assert not calendar(OFFICE).is_open(local("2026-06-01T08:59:59.999999"))

    def test_next_opening_is_strictly_later(self):
        office = calendar(OFFICE)
        assert office.next_opening(local("2026-06-01T08:00")) == local("2026-06-01T09:00")
        assert office.next_opening(local("2026-06-01T09:00")) == local("2026-06-02T09:00")
        assert office.next_opening(local("2026-06-05T17:00")) == local("2026-06-08T09:00")

    def test_next_closing_is_strictly_later(self):
        office = calendar(OFFICE)
        assert office.next_closing(local("2026-06-01T16:00")) == local("2026-06-01T17:00")
        assert office.next_closing(local("2026-06-05T17:00")) == local("2026-06-08T17:00")

    def test_touching_windows_are_one(self):
        week = {"mon": [("08:00", "12:00"), ("12:00", "24:00")], "tue": [("00:00", "06:00")]}
        works = calendar(week)
        assert works.next_closing(local("2026-06-01T09:00")) == local("2026-06-02T06:00")
        assert works.next_opening(local("2026-06-01T09:00")) == local("2026-06-08T08:00")
        assert works.is_open(local("2026-06-01T12:00"))

    def test_a_calendar_open_round_the_clock_closes_on_its_next_holiday_years_ahead(self):
        works = calendar(ALWAYS, holidays=[{"date": "2055-05-05", "name": "Closed"}])
        assert works.next_closing(local("2026-06-01T09:00")) == local("2055-05-05T00:00")
        assert works.next_opening(local("2026-06-01T09:00")) == local("2055-05-06T00:00")

    def test_a_calendar_that_never_closes_says_so(self):
        for ask in (calendar(ALWAYS).next_closing, calendar(ALWAYS).next_opening):
            with pytest.raises(worktime.NeverCloses, match=r"open without end after 2026-06-01 07:00:00"):
                ask(local("2026-06-01T09:00"))

    def test_a_calendar_of_special_days_alone_comes_to_an_end(self):
        works = calendar(
            {}, special_days={"2026-06-01": [["09:00", "12:00"]], "2026-06-05": [["09:00", "10:00"]]}
        )
        assert works.add(local("2026-01-01T00:00"), 4 * HOUR) == local("2026-06-05T10:00")
        assert works.subtract(local("2030-01-01T00:00"), 4 * HOUR) == local("2026-06-01T09:00")
        with pytest.raises(worktime.NeverOpens, match="does not have 4:00:01 of opening hours left"):
            works.add(local("2026-01-01T00:00"), timedelta(hours=4, seconds=1))
        with pytest.raises(worktime.NeverOpens, match="does not have 4:00:01 of opening hours"):
            works.subtract(local("2030-01-01T00:00"), timedelta(hours=4, seconds=1))
        with pytest.raises(worktime.NeverOpens, match="does not open again after 2026-06-05"):
            works.next_opening(local("2026-06-05T09:30"))

    def test_a_deadline_beyond_the_last_year_is_refused(self):
        with pytest.raises(worktime.NeverOpens, match="opening hours left"):
            calendar(OFFICE).add(local("2026-06-01T00:00"), timedelta(days=999_999_999))

    def test_a_holiday_without_end_leaves_nothing_after_it(self):
        works = calendar(
            OFFICE, holidays=[{"from": "2026-06-03", "to": "9999-12-31", "name": "Contract ended"}]
        )
        assert works.add(local("2026-06-01T09:00"), 16 * HOUR) == local("2026-06-02T17:00")
        with pytest.raises(worktime.NeverOpens):
            works.add(local("2026-06-01T09:00"), 17 * HOUR)


class TestExplaining:
    def test_spans_are_cut_and_joined(self):
        week = {"mon": [("08:00", "12:00"), ("12:00", "16:00")], "tue": [("08:00", "12:00")]}
        found = list(calendar(week, "UTC").spans(utc("2026-06-01T10:00"), utc("2026-06-02T09:00")))
        assert found == [
            (utc("2026-06-01T10:00"), utc("2026-06-01T16:00")),
            (utc("2026-06-02T08:00"), utc("2026-06-02T09:00")),
        ]
        assert all(edge.tzinfo is UTC for edge in itertools.chain.from_iterable(found))

    def test_closed_days_names_what_changed_the_hours(self):
        works = calendar(
            OFFICE,
            holidays=[
                {"annual": "12-25", "name": "Christmas Day"},
                {"from": "2026-12-26", "to": "2026-12-27", "name": "A weekend anyway"},
                {"date": "2026-12-31", "name": "New Year's Eve"},
            ],
            special_days={"2026-12-24": [["09:00", "12:00"]], "2026-12-30": [["09:00", "17:00"]]},
        )
        assert works.closed_days(local("2026-12-20T00:00"), local("2027-01-03T00:00")) == [
            (date(2026, 12, 24), ""),
            (date(2026, 12, 25), "Christmas Day"),
            (date(2026, 12, 31), "New Year's Eve"),
        ]

    def test_closed_days_counts_only_hours_between_the_moments(self):
        works = calendar(OFFICE, holidays=[{"date": "2026-06-04", "name": "Corpus Christi"}])
        assert works.closed_days(local("2026-06-04T17:00"), local("2026-06-06T00:00")) == []
        assert works.closed_days(local("2026-06-01T00:00"), local("2026-06-04T09:00")) == []
        assert works.closed_days(local("2026-06-01T00:00"), local("2026-06-04T09:01")) == [
            (date(2026, 6, 4), "Corpus Christi")
        ]

    def test_closed_days_gives_at_most_sixty(self):
        works = calendar(ALWAYS, holidays=[{"annual": "05-01", "name": "Labour Day"}])
        assert len(works.closed_days(local("2026-01-01T00:00"), local("2500-01-01T00:00"))) == 60


def test_the_arithmetic_needs_no_framework():
    importlib.import_module("calendars.worktime")
    rooms = ("worktime", "timeline", "tally", "clockchanges", "windows", "reasons")
    used = {name for room in rooms for name in vars(sys.modules[f"calendars.{room}"])}
    assert not {"django", "models", "settings"} & used
