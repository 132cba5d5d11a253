"""What happened is said in words: every event of a ticket and of its clocks has a sentence of its own."""

from collections.abc import Iterator

import pytest

from desk import sentences, timeline
from journal.events import Event
from slas.events import ClockEvent
from tests.places import NOON
from tickets.events import TicketEvent


def below(kind: type[Event]) -> Iterator[type[Event]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


@pytest.mark.parametrize("base", [TicketEvent, ClockEvent], ids=lambda one: one.__name__)
def test_every_event_has_a_sentence(base: type[Event]):
    ours = (one for one in below(base) if one.past and not one.__module__.startswith("tests."))
    silent = {one.__name__ for one in ours if one.past not in sentences.SENTENCES}
    assert silent == set()


def said(number: int, by_me: bool = False) -> dict:
    kind = "me" if by_me else ""
    return {"id": number, "author": {"kind": kind}, "at": NOON.replace(minute=number % 60)}


def test_a_long_conversation_folds_its_middle_and_a_short_one_nothing():
    short = [said(number) for number in range(14)]
    assert timeline.fold(short, read_at=None) == short
    folded = timeline.fold([said(number) for number in range(24)], read_at=None)
    assert [one.get("count", one.get("id")) for one in folded] == [0, 15, *range(16, 24)]


def test_what_is_new_to_the_reader_is_never_folded():
    folded = timeline.fold([said(number) for number in range(24)], read_at=NOON.replace(minute=5))
    assert [one.get("count", one.get("id")) for one in folded][:3] == [0, 5, 6]
    assert folded[2]["is_first_new"]


def test_beyond_two_hundred_lines_earlier_ones_come_in_parts():
    whole = [said(number) for number in range(250)]
    assert timeline.fold(list(whole), read_at=None)[1]["left"] == 241
    assert timeline.fold(list(whole), read_at=None, parts=1)[1]["left"] == 141
    assert timeline.fold(list(whole), read_at=None, parts=3)[1]["left"] == 0
