"""What happens in the demo: for each ticket a life, written as a generator that yields when its next step is due.

Everything is drawn from one seed; instants come from the customers' own business hours, so that clocks tell a story.
"""

import datetime as dt
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from incidents import actions as incidents
from itsm.demo import scenes
from itsm.demo.cast import HERE, Cast, Party
from tickets import actions as tickets
from tickets import surveys
from tickets.actions import Opening
from tickets.choices import Phase
from tickets.models import Ticket

DAYS = 30
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
PAST, RESOLVED = 244, 16
# Minutes from now at which the solution of an open ticket is due; below 0 it is overdue.
DUE = (
    -1500, -190, -52, -14, 18, 43, 71, 104, 190, 250, 320, 410, 500, 700, 950, 1200, 1450, 1700, 2000, 2300, 2700, 3300,
)  # fmt: skip
NEW = (9, 24, 47, 95, 160, 230)  # minutes until the first reply is due
WAITING = (
    "customer",
    "customer",
    "customer",
    "customer",
    "customer",
    "supplier",
    "supplier",
    "scheduled",
    "scheduled",
)
MATRIX = {(1, 1): 1, (1, 2): 2, (2, 1): 2, (1, 3): 3, (2, 2): 3, (3, 1): 3, (2, 3): 4, (3, 2): 4, (3, 3): 4}

Life = Iterator[dt.datetime]


@cache
def stories(language: str) -> dict[str, Any]:
    """Stories, alarms and words of a language."""
    return tomllib.loads((HERE / f"stories.{language}.toml").read_text("utf-8"))


@dataclass
class Plot:
    """One ticket to be: whose, about what, and the dice of its own."""

    cast: Cast
    party: Party
    story: dict[str, Any]
    dice: random.Random
    words: dict[str, str]

    @property
    def is_german(self) -> bool:
        return self.party.customer.language == "de"

    @property
    def priority(self) -> int:
        return MATRIX[self.story["impact"], self.story["urgency"]]

    @property
    def response(self) -> dt.timedelta:
        return HOUR * self.party.targets[self.priority][0]

    @property
    def solution(self) -> dt.timedelta:
        return HOUR * self.party.targets[self.priority][1]

    def say(self, name: str) -> str:
        return str(self.story[name]).format_map(self.words)

    def after(self, at: dt.datetime, least: float, most: float, of: dt.timedelta) -> dt.datetime:
        """An instant in business hours, between two shares of a duration after `at`."""
        return self.party.hours.add(at, of * self.dice.uniform(least, most))

    def agent(self, ticket: Ticket) -> Any:
        """Who works on it: the assignee, or somebody of its team."""
        if ticket.assignee_id is not None:
            return self.cast.actors.get(f"user:{ticket.assignee_id}") or self.cast.actor(ticket.assignee)
        return self.cast.actor(self.dice.choice(self.cast.members[ticket.team_id]))


class Script:
    """All lives of the demo, up to `now`."""

    def __init__(self, cast: Cast, now: dt.datetime, seed: int, share: float = 1.0):
        self.cast, self.now, self.seed, self.share = cast, now, seed, share
        self.dice = random.Random(seed)  # noqa: S311 - a play, not a secret
        self._told = 0

    def lives(self) -> Iterator[Life]:
        """A life for each ticket; `share` of them, for a quick try."""
        for number in range(round(PAST * self.share)):
            plot = self._plot("alarm" if number % 15 == 7 else "story")
            yield past(plot, self._opening(plot, 1.5, DAYS))
        for _number in range(round(RESOLVED * self.share)):
            plot = self._plot("story")
            yield waiting_for_a_word(plot, self._opening(plot, 1, 4), self.now)
        for minutes in self._some(DUE):
            plot, start = self._due_in(minutes, "solution")
            yield in_hand(plot, start, self.now)
        for minutes in self._some(NEW):
            plot, start = self._due_in(minutes, "response")
            yield untouched(plot, start)
        for kind in self._some(WAITING):
            plot = self._plot("story", needs="question" if kind == "customer" else "reply")
            yield on_hold(plot, self._opening(plot, 0.3, 3), kind, self.now)
        yield from scenes.lives(self.cast, self.now)

    def _some(self, all_of_them: Sequence[Any]) -> Sequence[Any]:
        """`share` of them, from both ends."""
        return all_of_them[:: max(1, round(1 / self.share))]

    def _plot(self, kind: str, *, needs: str = "", slug: str = "") -> Plot:
        self._told += 1
        dice = random.Random(f"{self.seed} {self._told}")  # noqa: S311 - a play, not a secret
        names = list(self.cast.parties)
        weights = [self.cast.parties[name].weight for name in names]
        party = self.cast.parties[slug or dice.choices(names, weights)[0]]
        told = stories(party.customer.language)
        fitting = [
            one for one in told[kind] if one["service"] in party.services and (not needs or needs in one)
        ]
        if not fitting:
            return self._plot(kind, needs=needs, slug=slug)
        words = {name: dice.choice(many) for name, many in told["words"].items()}
        return Plot(self.cast, party, dice.choice(fitting), dice, words)

    def _opening(self, plot: Plot, least: float, most: float) -> dt.datetime:
        """A moment in the customer's business hours, between so many days ago; never later than now."""
        at = self.now - dt.timedelta(days=plot.dice.uniform(least, most))
        hours = plot.party.hours
        return at if hours.is_open(at) else hours.subtract(at, MINUTE * plot.dice.uniform(5, 300))

    def _due_in(self, minutes: int, target: str) -> tuple[Plot, dt.datetime]:
        """A plot and its start, so that its target is due at that moment: of a customer who is at work then."""
        due = self.now + MINUTE * minutes
        for _try in range(40):
            plot = self._plot("story", needs="reply")
            hours = plot.party.hours
            start = hours.subtract(due, getattr(plot, target))
            is_in_time = self.now - dt.timedelta(days=DAYS) < start < self.now - MINUTE
            if is_in_time and hours.is_open(due - MINUTE) and hours.add(start, getattr(plot, target)) == due:
                return plot, start
        plot = self._plot("story", needs="reply", slug="harbour-clinics")
        return plot, min(due - getattr(plot, target), self.now - 2 * MINUTE)


def past(plot: Plot, at: dt.datetime) -> Life:
    """A whole life, as far as it goes before now."""
    yield at
    ticket = _open(plot, at)
    if plot.dice.random() < 0.04 and ticket.requester and ticket.requester.user:
        at = plot.after(at, 0.1, 0.9, plot.response)
        yield at
        incidents.cancel(ticket, by=plot.cast.actor(ticket.requester.user), at=at, reason=_by_itself(plot))
        return
    at, ticket = yield from _worked(plot, ticket, at)
    yield at
    ticket = _resolve(plot, ticket, at)
    yield from _ended(plot, ticket, at)


def waiting_for_a_word(plot: Plot, at: dt.datetime, now: dt.datetime) -> Life:
    """Resolved, and the requester has not said yet whether it works."""
    yield at
    ticket = _open(plot, at)
    at = _before(plot.after(at, 0.1, 0.8, plot.response), now)
    yield at
    ticket = _reply(plot, ticket, at)
    at = _before(plot.after(at, 0.2, 0.6, plot.solution), now)
    yield at
    _resolve(plot, ticket, at)


def in_hand(plot: Plot, at: dt.datetime, now: dt.datetime) -> Life:
    """Being worked on now."""
    yield at
    ticket = _open(plot, at)
    at = _before(plot.after(at, 0.1, 0.9, plot.response), now)
    yield at
    ticket = _reply(plot, ticket, at)
    if "note" in plot.story and plot.dice.random() < 0.6:
        at = _before(plot.after(at, 0.1, 0.3, plot.solution), now)
        yield at
        tickets.note(ticket, by=plot.agent(ticket), at=at, body=plot.say("note"))


def untouched(plot: Plot, at: dt.datetime) -> Life:
    """New, and nobody has looked at it."""
    yield at
    _open(plot, at, is_spoken=False)


def on_hold(plot: Plot, at: dt.datetime, kind: str, now: dt.datetime) -> Life:
    """Waiting now: for an answer, for a supplier, for an arranged time."""
    yield at
    ticket = _open(plot, at)
    at = _before(plot.after(at, 0.1, 0.8, plot.response), now)
    yield at
    ticket = _reply(plot, ticket, at)
    at = _before(plot.after(at, 0.05, 0.3, plot.solution), now)
    yield at
    if kind == "scheduled":
        until = (now + HOUR * plot.dice.randint(5, 40)).replace(minute=0, second=0, microsecond=0)
        tickets.hold(ticket, by=plot.agent(ticket), at=at, reason=kind, until=until)
    else:
        _hold(plot, ticket, at, kind)


def _open(plot: Plot, at: dt.datetime, *, is_spoken: bool = True) -> Ticket:
    story, party = plot.story, plot.party
    new = Opening(
        customer=party.customer,
        title=plot.say("title"),
        description=plot.say("text"),
        service=party.services[story["service"]],
        impact=story["impact"],
        urgency=story["urgency"],
    )
    if "reply" not in story:
        number = f"alert-{plot.dice.randint(10_000, 99_999)}"
        new.channel, new.external_references = (
            "monitoring",
            [{"system": "calder-monitoring", "reference": number}],
        )
        return incidents.open(new, by=plot.cast.actors["monitoring"], at=at, effect="degraded")
    new.requester = plot.dice.choice(party.people)
    spoken = plot.dice.random() < 0.2 and is_spoken
    if new.requester.user and not spoken:
        return incidents.open(new, by=plot.cast.actor(new.requester.user), at=at)
    new.channel = "phone" if is_spoken else "email"
    agent = plot.dice.choice(
        [one for name, one in plot.cast.staff.items() if name in ("sofia.keller", "priya.nair")]
    )
    return incidents.open(new, by=plot.cast.actor(agent), at=at)


def _worked(plot: Plot, ticket: Ticket, at: dt.datetime) -> Iterator[Any]:
    """From the first reply to just before the solution. Returns (when it is solved, the ticket)."""
    begun = at
    least, most = (0.1, 0.85) if plot.dice.random() < 0.93 else (1.05, 1.6)
    at = plot.after(begun, least, most, plot.response)
    yield at
    if "reply" not in plot.story:
        ticket = incidents.accept(ticket, by=plot.agent(ticket), at=at)
    else:
        ticket = _reply(plot, ticket, at)
    if "note" in plot.story and plot.dice.random() < 0.7:
        at += MINUTE * plot.dice.uniform(4, 25)
        yield at
        tickets.note(ticket, by=plot.agent(ticket), at=at, body=plot.say("note"))
    if plot.dice.random() < 0.12:
        at += MINUTE * plot.dice.uniform(5, 40)
        yield at
        team = plot.dice.choice(sorted(plot.cast.teams.values(), key=lambda one: one.pk))
        ticket = tickets.assign(ticket, by=plot.agent(ticket), at=at, team=team)
    if plot.dice.random() < 0.45 and ("question" in plot.story or plot.dice.random() < 0.2):
        at, ticket = yield from _waited(plot, ticket, at)
    if plot.dice.random() < 0.05:
        at += MINUTE * plot.dice.uniform(3, 20)
        yield at
        ticket = tickets.change(ticket, by=plot.agent(ticket), at=at, fields={"urgency": 1})
    least, most = (0.15, 0.8) if plot.dice.random() < 0.88 else (1.02, 1.5)
    solved = plot.after(begun, least, most, plot.solution)
    return max(solved, plot.after(at, 0.02, 0.1, plot.solution)), ticket


def _waited(plot: Plot, ticket: Ticket, at: dt.datetime) -> Iterator[Any]:
    """Put on hold and taken up again. Returns (when, the ticket)."""
    kind = "customer" if "question" in plot.story else "supplier"
    at += MINUTE * plot.dice.uniform(5, 45)
    yield at
    ticket = _hold(plot, ticket, at, kind)
    at = plot.after(at, 0.3, 1, 6 * HOUR)
    yield at
    if kind == "customer" and ticket.requester and ticket.requester.user:
        by = plot.cast.actor(ticket.requester.user)
        return at, tickets.reply(ticket, by=by, at=at, body=plot.say("answer"))
    return at, tickets.resume(ticket, by=plot.agent(ticket), at=at)


def _hold(plot: Plot, ticket: Ticket, at: dt.datetime, kind: str) -> Ticket:
    by = plot.agent(ticket)
    if kind == "customer":
        return tickets.hold(ticket, by=by, at=at, reason=kind, message=plot.say("question"))
    supplier = plot.dice.choice(list(plot.cast.suppliers.values()))
    theirs = f"LT-{plot.dice.randint(10_000, 99_999)}"
    return tickets.hold(ticket, by=by, at=at, reason=kind, supplier=supplier, their_reference=theirs)


def _resolve(plot: Plot, ticket: Ticket, at: dt.datetime) -> Ticket:
    return incidents.resolve(
        ticket, by=plot.agent(ticket), at=at, code=plot.story["code"], note=plot.say("fix")
    )


def _ended(plot: Plot, ticket: Ticket, at: dt.datetime) -> Life:
    """After the solution: confirmed, not yet, or closed by the desk after five days."""
    user = ticket.requester.user if ticket.requester else None
    luck = plot.dice.random()
    if user and luck < 0.07:
        at = plot.after(at, 0.2, 1, 4 * HOUR)
        yield at
        ticket = incidents.reopen(ticket, by=plot.cast.actor(user), at=at, message=_again(plot))
        at = plot.after(at, 0.1, 0.4, plot.solution)
        yield at
        ticket = _resolve(plot, ticket, at)
    if user and luck < 0.65:
        at = plot.after(at, 0.1, 1, 8 * HOUR)
        by = plot.cast.actor(user)
    else:
        at += dt.timedelta(days=5)
        by = plot.agent(ticket)
    yield at
    if ticket.phase != Phase.RESOLVED:
        return
    ticket = incidents.close(ticket, by=by, at=at)
    if user and luck < 0.65 and plot.dice.random() < 0.4:
        at += HOUR
        yield at
        _say_how_it_went(plot, ticket, at)


def _say_how_it_went(plot: Plot, ticket: Ticket, at: dt.datetime) -> None:
    asked = surveys.find(ticket)
    if asked is not None and surveys.is_open(asked, at):
        by = plot.cast.actor(ticket.requester.user)
        surveys.answer(asked, by=by, at=at, score=plot.dice.choice((5, 5, 5, 4, 4, 3, 2)))


def _reply(plot: Plot, ticket: Ticket, at: dt.datetime) -> Ticket:
    """The first reply: whoever writes it has the ticket in hand from then on."""
    by = plot.agent(ticket)
    ticket = tickets.reply(ticket, by=by, at=at, body=plot.say("reply"))
    ticket.assignee_id = ticket.assignee_id or by.id
    return ticket


def _again(plot: Plot) -> str:
    return "Leider tritt es wieder auf." if plot.is_german else "It happened again just now."


def _by_itself(plot: Plot) -> str:
    return "Es geht von selbst wieder." if plot.is_german else "It works again by itself."


def _before(at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """No later than a little before now: what is open now was touched in the past."""
    return min(at, now - MINUTE)
