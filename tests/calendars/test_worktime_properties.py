"""Business time, by law: what must hold for any calendar, and agreement with a stepper that tries every minute.

The stepper has its own reading of the rules. It never turns a wall-clock edge into an instant: it takes an instant,
reads the clock on the wall, and asks of each window whether it has opened and has not closed.
"""

import functools
import zoneinfo
from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calendars import worktime

ZONES_AND_DAYS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/St_Johns", date(2006, 4, 2)),
    ("America/St_Johns", date(2006, 10, 29)),
    ("America/St_Johns", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Sao_Paulo", date(2018, 2, 17)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Asia/Kolkata", date(2026, 6, 1)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Europe/Berlin", date(2150, 10, 25)),
    ("UTC", date(2024, 2, 29)),
]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
STEPS = 3 * 24 * 60
QUARTERS_OF_A_DAY = 96
SETTINGS = settings(max_examples=50, deadline=None)


# Quarters of the week just before and after the midnights of its end, where clocks change.
SMALL_HOURS = [day * 96 + quarter for day in (0, 5, 6) for quarter in (*range(14), *range(90, 96))]


# The stepper.


def minutes_of(text):
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def is_holiday(written, day):
    for holiday in written["holidays"]:
        if holiday.get("annual") == f"{day:%m-%d}":
            return True
        first, last = holiday.get("date", holiday.get("from")), holiday.get("date", holiday.get("to"))
        if first and first <= day.isoformat() <= last:
            return True
    return False


def wall_windows(written, day):
    """Openings and closings of a day on the wall."""
    if day.isoformat() in written["special_days"]:
        windows = written["special_days"][day.isoformat()]
    elif is_holiday(written, day):
        windows = []
    else:
        windows = written["week"].get(WEEKDAYS[day.weekday()], [])
    midnight = datetime.combine(day, datetime.min.time())
    for opening, closing in windows:
        later = timedelta(days=1 if minutes_of(closing) < minutes_of(opening) else 0)
        yield midnight + minutes_of(opening), midnight + minutes_of(closing) + later


def is_repeated(zone, wall):
    return zone.utcoffset(wall) > zone.utcoffset(wall.replace(fold=1))


def is_open_by_hand(written, at, windows_on):
    zone = zoneinfo.ZoneInfo(written["zone"])
    here = at.astimezone(zone)
    wall, is_second_pass = here.replace(tzinfo=None, fold=0), here.fold == 1
    repeats = is_repeated(zone, wall)
    for days in (-2, -1, 0, 1):
        for opening, closing in windows_on(wall.date() + timedelta(days=days)):
            has_opened, has_closed = opening <= wall, closing <= wall
            if repeats and is_second_pass and is_repeated(zone, opening):
                has_opened = has_opened or opening - wall < timedelta(days=1)
            if (
                repeats
                and not is_second_pass
                and is_repeated(zone, closing)
                and wall - closing < timedelta(days=1)
            ):
                has_closed = False
            if has_opened and not has_closed:
                return True
    return False


def step(written, start, steps=STEPS):
    """Whether each minute from `start` on is open."""
    windows_on = functools.lru_cache(lambda day: list(wall_windows(written, day)))
    return [is_open_by_hand(written, start + number * MINUTE, windows_on) for number in range(steps)]


# Calendars.


def as_text(quarters):
    return "24:00" if quarters == QUARTERS_OF_A_DAY else f"{quarters % 96 // 4:02}:{quarters % 4 * 15:02}"


@st.composite
def drawn_weeks(draw):
    """Any week of windows in quarters of an hour, many of them in the small hours; some touch, some cross midnight."""
    hour = st.one_of(st.integers(0, 16), st.integers(0, 95), st.sampled_from([0, 95, 88, 36, 68]))
    cuts = draw(st.lists(st.tuples(st.integers(0, 6), hour), min_size=2, max_size=24, unique=True))
    edges = sorted(day * QUARTERS_OF_A_DAY + quarter for day, quarter in cuts)
    if draw(st.booleans()):
        edges = sorted({*edges, *draw(st.sets(st.sampled_from(SMALL_HOURS), max_size=6))})
    touches = draw(st.booleans())
    week = {}
    for number in range(0, len(edges) - 1, 1 if touches else 2):
        opening = edges[number]
        closing = min(edges[number + 1], opening + QUARTERS_OF_A_DAY - 1)
        day = opening // QUARTERS_OF_A_DAY
        window = as_text(opening - day * QUARTERS_OF_A_DAY), as_text(closing - day * QUARTERS_OF_A_DAY)
        week.setdefault(WEEKDAYS[day], []).append(window)
    return week


WEEKS = st.one_of(
    drawn_weeks(),
    st.sampled_from(
        [
            {day: [("00:00", "24:00")] for day in WEEKDAYS},
            {day: [("22:00", "06:00")] for day in WEEKDAYS},
            {day: [("08:00", "12:00"), ("13:00", "17:00")] for day in WEEKDAYS[:5]},
            {day: [("00:00", "02:30"), ("02:30", "02:45"), ("02:45", "24:00")] for day in WEEKDAYS},
            {day: [("23:30", "00:15"), ("02:15", "02:45")] for day in WEEKDAYS},
            {day: [("18:00", "17:45")] for day in WEEKDAYS[::2]},
        ]
    ),
)
SPECIAL_WINDOWS = st.sampled_from(
    [
        [],
        [("09:00", "12:00")],
        [("00:00", "24:00")],
        [("01:45", "02:30")],
        [("20:00", "04:00")],
        [("00:15", "01:15")],
    ]
)


@st.composite
def drawn_calendars(draw, places=tuple(ZONES_AND_DAYS)):
    """What is written, the calendar made of it, and a day around which something happens."""
    zone, day = draw(st.sampled_from(places))
    near = st.integers(-3, 3).map(lambda days: (day + timedelta(days=days)).isoformat())
    holidays = draw(
        st.lists(
            st.one_of(
                near.map(lambda text: {"date": text, "name": "dated"}),
                near.map(lambda text: {"annual": text[5:], "name": "annual"}),
                st.tuples(near, near).map(lambda ends: {"from": min(ends), "to": max(ends), "name": "range"}),
            ),
            max_size=2,
        )
    )
    special_days = draw(st.dictionaries(near, SPECIAL_WINDOWS, max_size=2))
    written = {"zone": zone, "week": draw(WEEKS), "holidays": holidays, "special_days": special_days}
    try:
        calendar = worktime.WorkCalendar(zone, written["week"], holidays, special_days)
    except worktime.InvalidCalendar:
        assume(False)
    return written, calendar, day


def moments_around(day):
    return st.integers(-2 * 1440, 1440).map(
        lambda n: datetime(day.year, day.month, day.day, tzinfo=UTC) + n * MINUTE
    )


@st.composite
def stories(draw):
    """A calendar, a moment near its interesting day, to the microsecond, and a second one up to 40 years later."""
    _, calendar, day = draw(drawn_calendars())
    start = draw(moments_around(day)) + timedelta(microseconds=draw(st.integers(0, 10**8)))
    apart = draw(st.one_of(st.integers(0, 10**11), st.integers(0, 40 * 365 * 86_400 * 10**6)))
    return calendar, start, start + timedelta(microseconds=apart)


DURATIONS = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=3)), st.timedeltas(timedelta(0), timedelta(days=4_000))
)


# The laws.


@SETTINGS
@given(drawn_calendars(), st.data())
def test_every_minute_agrees_with_the_stepper(drawn, data):
    written, calendar, day = drawn
    start = data.draw(moments_around(day))
    minutes = step(written, start)
    assert [calendar.is_open(start + number * MINUTE) for number in range(STEPS)] == minutes
    count = data.draw(st.integers(0, STEPS))
    assert calendar.between(start, start + count * MINUTE) == sum(minutes[:count]) * MINUTE


@SETTINGS
@given(drawn_calendars(), st.data())
def test_deadlines_agree_with_the_stepper(drawn, data):
    written, calendar, day = drawn
    start = data.draw(moments_around(day))
    open_minutes = [number for number, is_open in enumerate(step(written, start)) if is_open]
    assume(open_minutes)
    wanted = data.draw(st.integers(1, len(open_minutes)))
    assert calendar.add(start, wanted * MINUTE) == start + (open_minutes[wanted - 1] + 1) * MINUTE
    end = start + STEPS * MINUTE
    assert calendar.subtract(end, wanted * MINUTE) == start + open_minutes[-wanted] * MINUTE


@SETTINGS
@given(drawn_calendars(), st.data())
def test_openings_closings_and_spans_agree_with_the_stepper(drawn, data):
    written, calendar, day = drawn
    start = data.draw(moments_around(day))
    minutes = step(written, start)
    edges = [number for number in range(1, STEPS) if minutes[number] != minutes[number - 1]]
    openings = [start + number * MINUTE for number in edges if minutes[number]]
    closings = [start + number * MINUTE for number in edges if not minutes[number]]
    if openings:
        assert calendar.next_opening(start) == openings[0]
    if closings:
        assert calendar.next_closing(start) == closings[0]
    end = start + STEPS * MINUTE
    opened = [start, *openings] if minutes[0] else openings
    closed = [*closings, end] if minutes[-1] else closings
    assert list(calendar.spans(start, end)) == list(zip(opened, closed, strict=True))


@SETTINGS
@given(drawn_calendars(), st.data())
def test_pauses_agree_with_the_stepper(drawn, data):
    written, calendar, day = drawn
    start = data.draw(moments_around(day))
    ends = st.tuples(st.integers(-600, STEPS), st.integers(0, 900))
    paused = [(begin, begin + length) for begin, length in data.draw(st.lists(ends, max_size=4))]
    pauses = [(start + begin * MINUTE, start + end * MINUTE) for begin, end in paused]
    counted = [
        number
        for number, is_open in enumerate(step(written, start))
        if is_open and not any(begin <= number < end for begin, end in paused)
    ]
    assert calendar.between(start, start + STEPS * MINUTE, pauses) == len(counted) * MINUTE
    assume(counted)
    wanted = data.draw(st.integers(1, len(counted)))
    assert calendar.add(start, wanted * MINUTE, pauses) == start + (counted[wanted - 1] + 1) * MINUTE


@SETTINGS
@given(stories())
def test_the_total_between_two_moments_is_the_sum_of_its_spans(story):
    calendar, start, end = story
    spans = list(calendar.spans(start, end))
    assert calendar.between(start, end) == sum(
        (closing - opening for opening, closing in spans), timedelta(0)
    )
    assert all(spans[number][1] < spans[number + 1][0] for number in range(len(spans) - 1))
    assert all(opening < closing for opening, closing in spans)


@SETTINGS
@given(stories(), DURATIONS)
def test_measuring_to_a_deadline_gives_its_duration_back(story, duration):
    calendar, start, _ = story
    try:
        deadline = calendar.add(start, duration)
    except worktime.NeverOpens:
        assume(False)
    assert calendar.between(start, deadline) == duration
    if duration:
        assert calendar.between(deadline - timedelta(microseconds=1), deadline) > timedelta(0)


@SETTINGS
@given(stories(), DURATIONS)
def test_subtracting_undoes_adding_where_it_is_open(story, duration):
    calendar, start, _ = story
    try:
        deadline = calendar.add(start, duration)
    except worktime.NeverOpens:
        assume(False)
    back = calendar.subtract(deadline, duration)
    assert calendar.between(back, deadline) == duration
    if calendar.is_open(start) or not duration:
        assert back == start
    else:
        assert back == calendar.next_opening(start)


@SETTINGS
@given(stories(), DURATIONS, DURATIONS)
def test_adding_in_two_steps_is_adding_at_once(story, first, second):
    calendar, start, _ = story
    assume(second > timedelta(0) or first == timedelta(0))
    try:
        at_once = calendar.add(start, first + second)
    except worktime.NeverOpens:
        assume(False)
    assert calendar.add(calendar.add(start, first), second) == at_once


@SETTINGS
@given(stories(), DURATIONS, DURATIONS)
def test_a_later_start_or_a_longer_duration_is_never_due_earlier(story, first, second):
    calendar, start, later = story
    short, long = sorted((first, second))
    try:
        furthest = calendar.add(later, long)
    except worktime.NeverOpens:
        assume(False)
    assert start <= calendar.add(start, short) <= calendar.add(start, long) <= furthest


@SETTINGS
@given(stories(), DURATIONS, st.lists(st.tuples(DURATIONS, DURATIONS), max_size=3))
def test_pauses_add_exactly_their_business_time(story, duration, pauses):
    calendar, start, _ = story
    pauses = [(start + begin, start + begin + length) for begin, length in pauses]
    try:
        deadline = calendar.add(start, duration, pauses)
    except worktime.NeverOpens:
        assume(False)
    assert calendar.between(start, deadline, pauses) == duration
    paused = calendar.between(start, deadline) - duration
    assert calendar.add(start, duration + paused) == deadline or not duration


@SETTINGS
@given(stories())
def test_next_opening_and_closing_take_turns(story):
    calendar, start, _ = story
    try:
        closing = calendar.next_closing(start)
        opening = calendar.next_opening(closing)
    except (worktime.NeverOpens, worktime.NeverCloses):
        assume(False)
    assert start < closing < opening
    assert not calendar.is_open(closing)
    assert calendar.is_open(closing - timedelta(microseconds=1))
    assert calendar.is_open(opening)
    assert not calendar.is_open(opening - timedelta(microseconds=1))
    assert calendar.between(closing, opening) == timedelta(0)


@SETTINGS
@given(
    st.lists(
        st.tuples(st.sampled_from(WEEKDAYS), st.integers(0, 95), st.integers(0, 96)), min_size=1, max_size=5
    )
)
def test_windows_are_refused_exactly_when_two_share_a_minute_of_the_week(drawn):
    drawn = [(day, opening, closing) for day, opening, closing in drawn if opening != closing]
    assume(drawn)
    week, taken = {}, []
    for day, opening, closing in drawn:
        week.setdefault(day, []).append((as_text(opening), as_text(closing)))
        length = (closing - opening) % 96 or 96
        begin = WEEKDAYS.index(day) * 96 + opening
        taken += [quarter % (7 * 96) for quarter in range(begin, begin + length)]
    try:
        worktime.WorkCalendar("UTC", week, [], {})
    except worktime.InvalidCalendar:
        assert len(set(taken)) < len(taken)
    else:
        assert len(set(taken)) == len(taken)
