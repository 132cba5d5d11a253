"""How a customer's services are, as the published notices say it: for the status line, the status page and its twin."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q

from cmdb.models import ConfigurationItem, Subscription
from customers.models import Customer
from incidents.choices import NoticeState
from incidents.models import NoticeService, StatusNotice
from incidents.models.notices import StatusNoticeQuerySet

HISTORY = dt.timedelta(days=90)
MOST_WORDS = 500  # of ninety days: more than a page can tell
OVER = (NoticeState.RESOLVED, NoticeState.MONITORING)


@dataclass(frozen=True)
class Thread:
    """One disturbance: its words, newest first, and the ids of the services that any of them named."""

    words: list[StatusNotice]
    services: frozenset[int]

    @property
    def last(self) -> StatusNotice:
        return self.words[0]

    @property
    def began_at(self) -> dt.datetime:
        return self.words[-1].published_at

    @property
    def ended_at(self) -> dt.datetime | None:
        """When the last word said that it is over; None while it goes on."""
        return self.last.published_at if self.last.state == NoticeState.RESOLVED else None

    @property
    def is_open(self) -> bool:
        return self.last.state != NoticeState.RESOLVED

    @property
    def health(self) -> str:
        """`up` when it works again and is watched, else `degraded`: the mark in the status line."""
        return "up" if self.last.state in OVER else "degraded"


@dataclass(frozen=True)
class ServiceState:
    """One service: what is wrong with it now, if anything, and for each of ninety days whether it was disturbed."""

    service: ConfigurationItem
    thread: Thread | None
    days: list[bool] = field(default_factory=list)

    @property
    def is_disturbed(self) -> bool:
        return self.thread is not None

    @property
    def quiet_days(self) -> int:
        return self.days.count(False)


@dataclass(frozen=True)
class Board:
    """Everything on a status page."""

    services: list[ServiceState]
    open: list[Thread]
    past: list[Thread]


def current(rows: StatusNoticeQuerySet, at: dt.datetime) -> list[StatusNotice]:
    """The last word on each disturbance that goes on, newest first."""
    return [one for one in rows.current(at) if one.state != NoticeState.RESOLVED]


def threads(rows: StatusNoticeQuerySet, at: dt.datetime) -> list[Thread]:
    """The disturbances of ninety days, the newest first, each with all of its words; two queries."""
    named = Prefetch("about", NoticeService.objects.all())
    found = rows.published(at).filter(published_at__gte=at - HISTORY).prefetch_related(named)[:MOST_WORDS]
    by_thread: dict[object, list[StatusNotice]] = {}
    for one in found:
        by_thread.setdefault(one.thread, []).append(one)
    return [
        Thread(words, frozenset(about.service_id for word in words for about in word.about.all()))
        for words in by_thread.values()
    ]


def services_of(customer: Customer, on: dt.date) -> list[ConfigurationItem]:
    """The services that this customer takes on this day, by name."""
    in_force = (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))
    taken = Subscription.objects.filter(in_force, customer=customer)
    rows = ConfigurationItem.objects.filter(id__in=taken.values("service_id"))
    return list(rows.order_by("name", "id"))


def board(
    services: Sequence[ConfigurationItem], found: Iterable[Thread], at: dt.datetime, zone: dt.tzinfo
) -> Board:
    """The page of these services; days are those of the reader's zone."""
    known = list(found)
    opened = [one for one in known if one.is_open]
    states = [
        ServiceState(
            one, next((here for here in opened if one.pk in here.services), None), _days(one, known, at, zone)
        )
        for one in services
    ]
    return Board(states, opened, [one for one in known if not one.is_open])


def _days(service: ConfigurationItem, found: list[Thread], at: dt.datetime, zone: dt.tzinfo) -> list[bool]:
    """Whether the service was disturbed, day by day, the oldest first."""
    today = at.astimezone(zone).date()
    bad = set()
    for one in found:
        if service.pk in one.services:
            day, last = one.began_at.astimezone(zone).date(), (one.ended_at or at).astimezone(zone).date()
            while day <= last:
                bad.add(day)
                day += dt.timedelta(days=1)
    return [today - dt.timedelta(days=back) in bad for back in range(HISTORY.days - 1, -1, -1)]
