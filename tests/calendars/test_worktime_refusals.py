"""Business time refuses what makes no sense, in a sentence that names the value."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest

from calendars import worktime
from tests.calendars.hours import ALWAYS, HOUR, NIGHTS, OFFICE, calendar, local


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            ({"zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
            ({"zone": ""}, "no time zone ''"),
            ({"zone": "Europe"}, "no time zone 'Europe'"),
            ({"zone": "../etc/passwd"}, "no time zone '../etc/passwd'"),
            ({"zone": None}, "must be a name such as 'Europe/Berlin', not None"),
            ({"week": []}, r"must be an object with the keys mon, .*, not \[\]"),
            ({"week": {"monday": []}}, "no day 'monday': use mon"),
            ({"week": {"mon": "09:00-17:00"}}, "list for the windows of mon, not '09:00-17:00'"),
            ({"week": {"mon": [("09:00",)]}}, r"must be two times such as .*, not \('09:00',\)"),
            ({"week": {"mon": ["0917"]}}, "two times such as .*, not '0917'"),
            ({"week": {"mon": [("9:00", "17:00")]}}, "of mon has the time '9:00': use HH:MM"),
            ({"week": {"mon": [("09:00", "25:00")]}}, "'25:00'.*or 24:00 for the end"),
            ({"week": {"mon": [("24:00", "06:00")]}}, "has the time '24:00'"),
            ({"week": {"mon": [("09:00", "24:00:01")]}}, "'24:00:01'"),
            ({"week": {"mon": [("09:00", "17:60")]}}, "'17:60'"),
            ({"week": {"mon": [("٠٩:00", "17:00")]}}, "'٠٩:00'"),
            ({"week": {"mon": [("09:00\n", "17:00")]}}, "'09:00"),
            ({"week": {"mon": [(9, 17)]}}, "has the time 9"),
            ({"week": {"mon": [("09:00", "09:00")]}}, "of mon ends where it starts: 09:00-09:00"),
            (
                {"week": {"mon": [("09:00", "12:00"), ("11:59", "13:00")]}},
                "overlap on mon: 09:00-12:00 and 11:59-13",
            ),
            (
                {"week": {"mon": [("22:00", "06:00")], "tue": [("05:59", "12:00")]}},
                "22:00-06:00 of mon runs into",
            ),
            (
                {"week": {"sun": [("22:00", "06:00")], "mon": [("05:00", "12:00")]}},
                "of sun runs into 05:00-12:00 of mon",
            ),
            ({"week": {}}, "never opens"),
            ({"week": {}, "special_days": {"2026-06-01": []}}, "never opens"),
            ({"holidays": [{"from": "0001-01-01", "to": "9999-12-31", "name": "Always"}]}, "never opens"),
            ({"holidays": {}}, "list for holidays, not {}"),
            ({"holidays": ["2026-12-25"]}, "must be an object such as .*, not '2026-12-25'"),
            ({"holidays": [{"date": "2026-12-25", "nane": "x"}]}, "it has 'date', 'nane'"),
            ({"holidays": [{"date": "2026-12-25", "annual": "12-25"}]}, "it has 'annual', 'date'"),
            ({"holidays": [{"from": "2026-12-25", "name": "x"}]}, "it has 'from', 'name'"),
            ({"holidays": [{}]}, "it has nothing"),
            ({"holidays": [{"date": "2026-12-25", "name": 7}]}, "name of a holiday must be text, not 7"),
            ({"holidays": [{"date": "2026-02-29", "name": "x"}]}, "no such date as 2026-02-29"),
            ({"holidays": [{"date": "20261225", "name": "x"}]}, "YYYY-MM-DD, not '20261225'"),
            ({"holidays": [{"annual": "02-30", "name": "x"}]}, "No year has a day 02-30"),
            ({"holidays": [{"annual": "2-3", "name": "x"}]}, "MM-DD, not '2-3'"),
            (
                {"holidays": [{"from": "2026-12-25", "to": "2026-12-24", "name": "x"}]},
                "'x' ends on 2026-12-24, before",
            ),
            ({"special_days": []}, r"object of dates and windows, not \[\]"),
            ({"special_days": {"24.12.2026": []}}, "YYYY-MM-DD, not '24.12.2026'"),
            ({"special_days": {"2026-12-24": [["12:00", "12:00"]]}}, "of 2026-12-24 ends where it starts"),
            (
                {"special_days": {"2026-12-24": [["22:00", "09:01"]]}},
                "22:00-09:01 of 2026-12-24 runs into 09:00-17:00 of 2026-12-25",
            ),
        ],
    )
    def test_a_calendar_that_makes_no_sense_names_the_value(self, arguments, sentence):
        arguments = {"zone": "Europe/Berlin", "week": OFFICE, "holidays": [], "special_days": {}} | arguments
        with pytest.raises(worktime.InvalidCalendar, match=sentence):
            worktime.WorkCalendar(
                arguments["zone"], arguments["week"], arguments["holidays"], arguments["special_days"]
            )

    def test_a_special_day_that_meets_the_eves_night_shift_is_refused(self):
        with pytest.raises(
            worktime.InvalidCalendar, match="of 2026-06-01 runs into 05:00-08:00 of 2026-06-02"
        ):
            calendar(NIGHTS, special_days={"2026-06-02": [["05:00", "08:00"]]})

    def test_a_holiday_on_the_eve_makes_room_for_the_special_day(self):
        works = calendar(
            NIGHTS,
            holidays=[{"date": "2026-06-01", "name": "Closed"}],
            special_days={"2026-06-02": [["05:00", "08:00"]]},
        )
        assert works.between(local("2026-06-01T12:00"), local("2026-06-02T12:00")) == 3 * HOUR

    def test_a_special_day_may_stand_at_either_end_of_the_calendar(self):
        works = calendar(OFFICE, special_days={"0001-01-01": [], "9999-12-31": [["09:00", "10:00"]]})
        assert works.is_open(local("2026-06-01T09:00"))

    def test_touching_windows_are_fine(self):
        assert calendar(ALWAYS).is_open(local("2026-06-01T00:00"))
        assert calendar({"mon": [("22:00", "06:00")], "tue": [("06:00", "07:00")]}) is not None

    @pytest.mark.parametrize("ask", ["is_open", "next_opening", "next_closing"])
    def test_a_naive_moment_is_refused(self, ask):
        with pytest.raises(worktime.InvalidMoment, match="2026-06-01T09:00:00 has no time zone"):
            getattr(calendar(OFFICE), ask)(datetime(2026, 6, 1, 9))  # noqa: DTZ001

    def test_naive_moments_are_refused_as_start_end_and_pause(self):
        naive, aware = datetime(2026, 6, 1, 9), local("2026-06-01T09:00")  # noqa: DTZ001
        office = calendar(OFFICE)
        for ask in (
            lambda: office.add(naive, HOUR),
            lambda: office.subtract(naive, HOUR),
            lambda: office.between(naive, aware),
            lambda: office.between(aware, naive),
            lambda: office.add(aware, HOUR, [(naive, aware)]),
            lambda: office.spans(naive, aware),
            lambda: office.closed_days(naive, aware),
        ):
            with pytest.raises(worktime.InvalidMoment, match="no time zone"):
                ask()

    def test_what_is_no_datetime_or_duration_is_refused(self):
        with pytest.raises(worktime.InvalidMoment, match="not '2026-06-01'"):
            calendar(OFFICE).add("2026-06-01", HOUR)
        with pytest.raises(worktime.InvalidMoment, match="must be a timedelta, not 3600"):
            calendar(OFFICE).add(local("2026-06-01T09:00"), 3600)

    def test_a_negative_duration_is_refused(self):
        for ask in (calendar(OFFICE).add, calendar(OFFICE).subtract):
            with pytest.raises(worktime.InvalidMoment, match="is negative"):
                ask(local("2026-06-01T09:00"), timedelta(microseconds=-1))

    def test_moments_next_to_the_ends_of_time_are_refused(self):
        east = zoneinfo.ZoneInfo("Asia/Kolkata")
        for at in (
            datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=east)
        ):  # fmt: skip
            with pytest.raises(worktime.InvalidMoment, match="lies outside 0001-01-10 to 9999-12-20"):
                calendar(OFFICE).is_open(at)

    def test_every_refusal_is_a_value_error_of_one_family(self):
        for error in (
            worktime.InvalidCalendar, worktime.InvalidMoment, worktime.NeverOpens, worktime.NeverCloses
        ):  # fmt: skip
            assert issubclass(error, worktime.WorkTimeError)
            assert issubclass(error, ValueError)
