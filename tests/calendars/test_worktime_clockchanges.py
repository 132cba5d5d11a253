"""Business time where clocks change, by example."""

import itertools
import zoneinfo
from datetime import date, datetime, timedelta

import pytest

from calendars import clockchanges
from tests.calendars.hours import ALWAYS, HOUR, NIGHTS, OFFICE, calendar, local, utc


class TestClockChanges:
    """In Berlin the clocks skip 02:00-03:00 on 29 March 2026 and repeat it on 25 October 2026."""

    def test_the_days_have_their_real_23_and_25_hours(self):
        always = calendar(ALWAYS)
        assert always.between(local("2026-03-29T00:00"), local("2026-03-30T00:00")) == 23 * HOUR
        assert always.between(local("2026-10-25T00:00"), local("2026-10-26T00:00")) == 25 * HOUR
        assert always.add(local("2026-03-29T00:00"), 24 * HOUR) == local("2026-03-30T01:00")

    def test_a_night_shift_over_a_clock_change_has_its_real_length(self):
        nights = calendar(NIGHTS)
        assert nights.between(local("2026-03-28T22:00"), local("2026-03-29T06:00")) == 7 * HOUR
        assert nights.between(local("2026-10-24T22:00"), local("2026-10-25T06:00")) == 9 * HOUR

    @pytest.mark.parametrize(
        ("window", "spans"),
        [
            (("01:30", "02:30"), [("00:30", "01:00")]),
            (("02:30", "04:00"), [("01:00", "02:00")]),
            (("02:15", "02:45"), []),
            (("02:00", "03:00"), []),
            (("01:00", "02:00"), [("00:00", "01:00")]),
            (("03:00", "04:00"), [("01:00", "02:00")]),
        ],
    )
    def test_an_edge_in_the_skipped_hour_moves_to_its_end(self, window, spans):
        works = calendar({"mon": [("09:00", "10:00")], "sun": [window]})
        found = works.spans(local("2026-03-29T00:00"), local("2026-03-30T00:00"))
        assert [(f"{opening:%H:%M}", f"{closing:%H:%M}") for opening, closing in found] == spans

    @pytest.mark.parametrize(
        ("window", "spans"),
        [
            (("01:30", "02:30"), [("23:30", "01:30")]),
            (("02:30", "04:00"), [("00:30", "03:00")]),
            (("02:15", "02:45"), [("00:15", "01:45")]),
            (("02:00", "03:00"), [("00:00", "02:00")]),
            (("01:00", "02:00"), [("23:00", "01:00")]),
            (("03:00", "04:00"), [("02:00", "03:00")]),
        ],
    )
    def test_in_the_repeated_hour_opening_is_the_first_and_closing_the_second(self, window, spans):
        works = calendar({"mon": [("09:00", "10:00")], "sun": [window]})
        found = works.spans(local("2026-10-25T00:00"), local("2026-10-26T00:00"))
        assert [(f"{opening:%H:%M}", f"{closing:%H:%M}") for opening, closing in found] == spans

    def test_windows_that_touch_in_the_repeated_hour_count_it_once(self):
        works = calendar({"sun": [("01:00", "02:30"), ("02:30", "04:00")]})
        assert works.between(local("2026-10-25T00:00"), local("2026-10-26T00:00")) == 4 * HOUR
        assert works.add(local("2026-10-25T01:00"), 4 * HOUR) == local("2026-10-25T04:00")

    def test_both_passes_of_the_repeated_hour_are_told_apart(self):
        works = calendar({"sun": [("03:00", "04:00")]})
        assert works.add(local("2026-10-25T02:30", fold=0), HOUR) == local("2026-10-25T04:00")
        always = calendar(ALWAYS)
        assert always.add(local("2026-10-25T02:30", fold=0), HOUR) == local("2026-10-25T02:30", fold=1)

    def test_lord_howe_moves_by_half_an_hour(self):
        always = calendar(ALWAYS, "Australia/Lord_Howe")
        zone = "Australia/Lord_Howe"
        assert always.between(local("2026-10-04T00:00", zone), local("2026-10-05T00:00", zone)) == 23.5 * HOUR
        assert always.between(local("2026-04-05T00:00", zone), local("2026-04-06T00:00", zone)) == 24.5 * HOUR

    def test_apia_had_no_30_december_2011(self):
        zone = "Pacific/Apia"
        office = calendar(OFFICE, zone)
        assert office.add(local("2011-12-29T16:00", zone), 2 * HOUR) == local("2012-01-02T10:00", zone)
        nights = calendar(NIGHTS, zone)
        found = list(nights.spans(local("2011-12-29T12:00", zone), local("2011-12-31T12:00", zone)))
        skipped = utc("2011-12-30T10:00")
        assert found == [(skipped - 2 * HOUR, skipped + 6 * HOUR)]
        assert nights.between(local("2011-12-29T12:00", zone), local("2011-12-31T12:00", zone)) == 8 * HOUR

    def test_a_change_at_midnight_is_the_edge_of_two_days(self):
        zone = "America/Havana"
        works = calendar({"sat": [("18:00", "24:00")]}, zone)
        assert works.between(local("2026-10-31T12:00", zone), local("2026-11-01T12:00", zone)) == 7 * HOUR

    def test_when_the_clocks_go_back_over_midnight_the_eve_comes_twice(self):
        """In St. John's 23:01 to 00:01 was repeated at the end of 28 October 2006: from 01:31 to 03:31 in UTC."""
        zone = "America/St_Johns"
        early = calendar({"sun": [("00:00", "01:00")]}, zone)
        noon, opening, closing = utc("2006-10-28T12:00"), utc("2006-10-29T02:30"), utc("2006-10-29T04:30")
        assert early.next_opening(noon) == opening
        assert early.next_closing(noon) == closing
        assert early.is_open(utc("2006-10-29T03:00"))
        assert early.between(noon, utc("2006-10-29T03:00")) == 0.5 * HOUR
        assert early.add(noon, HOUR) == utc("2006-10-29T03:30")
        late = calendar({"sat": [("23:30", "24:00")]}, zone)
        assert list(late.spans(noon, closing)) == [(utc("2006-10-29T02:00"), utc("2006-10-29T03:30"))]
        assert late.between(noon, utc("2006-10-29T03:00")) == HOUR
        assert late.is_open(utc("2006-10-29T02:30"))
        both = calendar({"fri": [("23:45", "23:30")], "sun": [("00:00", "01:00")]}, zone)
        assert both.between(utc("2006-10-27T12:00"), utc("2006-10-29T12:00")) == 26.25 * HOUR

    def test_every_total_agrees_with_its_days_one_by_one(self):
        holidays = [
            {"annual": "12-31", "name": "Eve"},
            {"from": "2098-12-24", "to": "2102-01-06", "name": "Long"},
            {"date": "2103-03-24", "name": "The eve of a clock change"},
        ]
        specials = {"2103-03-25": [["00:30", "02:15"]], "2011-12-30": [["10:00", "11:00"]]}
        small_hours = {day: [("01:00", "02:00"), ("02:15", "03:00")] for day in ALWAYS}
        for zone, week in itertools.product(("Europe/Berlin", "Pacific/Apia"), (NIGHTS, small_hours)):
            line = calendar(week, zone, holidays, specials)._timeline
            for year in (1950, 2011, 2026, 2085, 2102, 2103, 2104, 2504, 2505, 3900):
                first = date(year, 1, 1).toordinal() - 10
                for day in range(first, first + 385):
                    real = sum(closing - opening for opening, closing in line.spans_on(day))
                    assert line.before(day + 1) - line.before(day) == real, (zone, date.fromordinal(day))

    def test_no_zone_leaves_its_yearly_rule_after_the_last_year_with_changes_of_its_own(self):
        century = timedelta(days=146_097)
        last = clockchanges.LAST_OWN_YEAR
        days = [datetime(last - 10, 1, 1, 12) + timedelta(days=3 * number) for number in range(1_200)]  # noqa: DTZ001
        for name in sorted(zoneinfo.available_timezones()):
            zone = zoneinfo.ZoneInfo(name)
            assert all(zone.utcoffset(day) == zone.utcoffset(day + century) for day in days), name
