"""Times, durations and clocks read the same wherever they are shown."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import display

NOW = datetime(2026, 11, 18, 12, 42, tzinfo=UTC)  # a Wednesday
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (59, "0 min"),
        (38 * 60, "38 min"),
        (3_599, "59 min"),
        (3_900, "1 h 05"),
        (86_399, "23 h 59"),
        (273_600, "3 d 4 h"),
        (-840, "−14 min"),
        (-3_900, "−1 h 05"),
    ],
)
def test_a_duration_is_written_as_people_write_it(seconds: int, text: str) -> None:
    assert display.duration(seconds) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=3), "10:42"),
        (timedelta(days=2), "Mon 13:42"),
        (timedelta(days=31), "18 Oct 14:42"),
        (timedelta(days=365), "18 Nov 2025 13:42"),
    ],
)
def test_a_moment_is_as_short_as_its_age_allows_in_the_readers_zone(ago: timedelta, text: str) -> None:
    assert display.moment(NOW - ago, now=NOW, zone=BERLIN) == text


def test_a_moment_to_come_never_says_ago() -> None:
    assert display.moment(NOW + timedelta(minutes=5), now=NOW, zone=BERLIN) == "13:47"


def test_the_full_moment_names_its_zone() -> None:
    assert display.full_moment(NOW, BERLIN) == "Wednesday 18 November 2026 13:42 Europe/Berlin"


@pytest.mark.parametrize(
    ("left", "whole", "tone", "fraction"),
    [
        (timedelta(hours=3), timedelta(hours=4), "ok", 0.75),
        (timedelta(minutes=59), timedelta(minutes=60), "soon", 59 / 60),
        (timedelta(hours=2), timedelta(hours=10), "soon", 0.2),
        (timedelta(0), timedelta(hours=4), "over", 1.0),
        (timedelta(minutes=-14), timedelta(hours=4), "over", 1.0),
    ],
)
def test_a_clock_warns_below_an_hour_or_a_quarter(
    left: timedelta, whole: timedelta, tone: str, fraction: float
) -> None:
    due_at = NOW + left
    clock = display.fuse("Fix", due_at=due_at, from_at=due_at - whole, now=NOW)
    assert (clock.tone, clock.fraction) == (tone, fraction)
    assert clock.text == display.duration(left.total_seconds())


def test_a_clock_without_a_start_draws_no_fraction() -> None:
    clock = display.fuse("Fix", due_at=NOW + timedelta(hours=5), from_at=None, now=NOW)
    assert (clock.tone, clock.fraction, clock.text) == ("ok", None, "5 h 00")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ines Duarte", "ID"), ("Cher", "CH"), ("sofia.keller@calder-it.example", "SK"), ("", "?"), ("…", "?")],
)
def test_initials_are_two_letters(name: str, letters: str) -> None:
    assert display.initials(name) == letters


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (999, "999 bytes"), (18_200, "18 kB"), (2_560_000, "2.6 MB")]
)
def test_a_file_size_is_decimal(size: int, text: str) -> None:
    assert display.file_size(size) == text
