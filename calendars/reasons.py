"""Why business time could not be reckoned: one family of errors, whose sentences name the value."""


class WorkTimeError(ValueError):
    """Any refusal of the business-time arithmetic; the sentence is fit for the person who gave the value."""


class InvalidCalendar(WorkTimeError):
    """The calendar as written makes no sense: zone, times, dates, keys, overlaps, or it never opens."""


class InvalidMoment(WorkTimeError):
    """An argument makes no sense: naive or out of range, negative, or an end before its start."""


class NeverOpens(WorkTimeError):
    """The calendar has too few opening hours left on that side of the moment."""


class NeverCloses(WorkTimeError):
    """The calendar is open without end from the moment on."""
