"""Hours, holidays, durations and steps as people type them: read, written, and read again."""

import pytest

from desk.settings import notation


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("", []),
        ("09:00-17:00", [["09:00", "17:00"]]),
        ("9:00 – 12:30, 13:00-24:00", [["09:00", "12:30"], ["13:00", "24:00"]]),
    ],
)
def test_windows(text: str, windows: list[list[str]]) -> None:
    assert notation.read_windows(text) == windows
    assert notation.read_windows(notation.write_windows(windows)) == windows


def test_holidays_and_special_days() -> None:
    text = "2026-12-25 Christmas Day\n12-26 Boxing Day\n2026-12-28..2026-12-31 Closed"
    known = notation.read_holidays(text)
    assert known == [
        {"date": "2026-12-25", "name": "Christmas Day"},
        {"annual": "12-26", "name": "Boxing Day"},
        {"from": "2026-12-28", "to": "2026-12-31", "name": "Closed"},
    ]
    assert notation.write_holidays(known) == text
    days = notation.read_special_days("2026-12-24 09:00-12:00\n2026-12-31")
    assert days == {"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []}
    assert notation.read_special_days(notation.write_special_days(days)) == days


@pytest.mark.parametrize(
    ("text", "seconds"), [("4 h", 14_400), ("30 min", 1_800), ("1 h 05 min", 3_900), ("2H", 7_200)]
)
def test_durations(text: str, seconds: int) -> None:
    assert notation.read_duration(text) == seconds
    assert notation.read_duration(notation.write_duration(seconds)) == seconds


def test_steps() -> None:
    text = "75%: assignee, team; +1 h elapsed: lead; -30 min: to second-line"
    steps = notation.read_steps(text)
    assert [
        (one["percent"], one["offset_seconds"], one["counting"], one["notify"], one["reassign_to"])
        for one in steps
    ] == [
        (75, None, "business", ["assignee", "team"], ""),
        (None, 3_600, "elapsed", ["lead"], ""),
        (None, -1_800, "business", [], "second-line"),
    ]
    assert "; ".join(notation.write_step(**one) for one in steps) == text


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (notation.read_windows, "nine to five"),
        (notation.read_windows, "25:00-26:00"),
        (notation.read_holidays, "Christmas"),
        (notation.read_holidays, "13-45 Never"),
        (notation.read_special_days, "2026-02-30 09:00-10:00"),
        (notation.read_duration, "soon"),
        (notation.read_duration, "0 h"),
        (notation.read_steps, "when late: assignee"),
    ],
)
def test_what_cannot_be_read_says_so(read, text: str) -> None:
    with pytest.raises(notation.Unreadable):
        read(text)
