"""Scenes that the dice would not play: a major incident to its review, a duplicate, tasks, a handover, a restricted
ticket, and five tickets that teach the keys. Lives like those of the script, each of one course."""

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from typing import Any

from accounts.models import Person
from incidents import actions as incidents
from incidents.choices import Reach, Stage
from incidents.major import actions as majors
from itsm.demo import prepared
from itsm.demo.cast import Cast, Party
from tickets import actions as tickets
from tickets.actions import Opening
from tickets.choices import LinkKind
from tickets.models import Ticket, TicketTask

Life = Iterator[dt.datetime]
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
CUSTOMER = "harbour-clinics"


def lives(cast: Cast, now: dt.datetime) -> Iterator[Life]:
    """Every scene, up to `now`."""
    scenes: tuple[Callable[[Cast, dt.datetime], Life], ...] = (
        major, duplicate, teamwork, handed_over, restricted,
    )  # fmt: skip
    yield from (scene(cast, now) for scene in scenes)
    for place, one in enumerate(prepared.read()["lessons"]):
        yield lesson(cast, one, now - 20 * MINUTE + place * MINUTE)


def _open(
    party: Party, who: Person, service: str, title: str, text: str, *, by: Any, at: dt.datetime, **given: Any
) -> Ticket:
    new = Opening(
        customer=party.customer, title=title, description=text, service=party.services[service], requester=who,
        **{"impact": 2, "urgency": 2, **given},
    )  # fmt: skip
    return incidents.open(new, by=by, at=at)


def major(cast: Cast, now: dt.datetime) -> Life:
    """A major incident, nine days ago: declared, told, solved, reported, reviewed, closed; two children with it."""
    party, at = cast.parties[CUSTOMER], now - 9 * DAY
    staff = cast.staff
    omar, liam = cast.actor(staff["omar.haddad"]), cast.actor(staff["liam.oconnor"])
    who = party.people[0]
    yield at
    ticket = _open(
        party, who, "clinical-records", "Nobody can open patient records",
        "All three wards get “no connection to the records server”. Patients are waiting.",
        by=cast.actor(who.user), at=at, impact=1, urgency=1,
    )  # fmt: skip
    children = []
    for place, (person, title) in enumerate(
        zip(party.people[1:3], ("Records do not load", "Ward 2: no access to records"), strict=True)
    ):
        yield (at := at + (3 + place) * MINUTE)
        child = _open(
            party,
            person,
            "clinical-records",
            title,
            "Since a few minutes.",
            by=cast.actor(person.user),
            at=at,
        )
        tickets.link(child, by=omar, at=at, kind=LinkKind.CHILD_OF, other=ticket)
        children.append(child)
    yield (at := at + 4 * MINUTE)
    ticket = tickets.assign(
        ticket, by=omar, at=at, team=cast.teams["network"], assignee=staff["liam.oconnor"]
    )
    ticket = majors.declare_major(
        ticket, by=omar, at=at, title="Patient records are not reachable", reach=Reach.SERVICE,
        lead=staff["omar.haddad"],
    )  # fmt: skip
    at = yield from _major_goes_on(cast, functools.partial(_reread, ticket), at)
    yield (at := at + 14 * MINUTE)
    incidents.resolve(
        _reread(ticket), by=liam, at=at, code="fixed", children=[_reread(one) for one in children],
        note="The failed switch was replaced, and all three wards work again.",
    )  # fmt: skip
    yield (at := at + 5 * HOUR)
    majors.report_major(
        _reread(ticket), by=omar, at=at, cause="A core switch failed, and its twin did not take over.",
        impact="Three wards without patient records for 56 minutes.",
        report="Declared after 11 minutes. The twin of a failed switch was in maintenance mode since July.",
    )  # fmt: skip
    yield (at := at + 2 * DAY)
    majors.review_major(
        _reread(ticket), by=omar, at=at, findings="Found by callers, not by monitoring. Maintenance mode has no end.",
        actions="Monitor the pair, not each switch. Maintenance mode ends by itself after a day.",
    )  # fmt: skip
    yield (at := at + HOUR)
    for one in (*children, ticket):
        incidents.close(_reread(one), by=omar, at=at)


def _major_goes_on(cast: Cast, ticket: Callable[[], Ticket], at: dt.datetime) -> Iterator[Any]:
    omar = cast.actor(cast.staff["omar.haddad"])
    yield (at := at + 12 * MINUTE)
    majors.record_decision(
        ticket(), by=omar, at=at, text="Replace the switch now instead of waiting for its maker."
    )
    yield (at := at + 10 * MINUTE)
    majors.post_update(
        ticket(), by=omar, at=at, stage=Stage.IDENTIFIED,
        public="The cause is found: a network switch failed. It is being replaced, in half an hour or so.",
        desk="Switch sw-core-1. Please link further calls, and answer with the text of the notice.",
        management="Three wards work on paper. Repair expected within half an hour.",
    )  # fmt: skip
    return at


def duplicate(cast: Cast, now: dt.datetime) -> Life:
    """The same fault reported twice: the second report goes into the first, and somebody watches it."""
    party, at = cast.parties["kestrel-foods"], now - 30 * HOUR
    agent = cast.actor(cast.staff["sofia.keller"])
    first, second = party.people[0], party.people[1]
    yield at
    kept = _open(
        party, first, "email", "Shared mailbox of the plant is full", "New orders bounce with “mailbox full”.",
        by=cast.actor(first.user), at=at, impact=3,
    )  # fmt: skip
    yield (at := at + 7 * MINUTE)
    other = _open(
        party, second, "email", "Orders come back: mailbox full", "Customers call because their orders bounce.",
        by=cast.actor(second.user), at=at, impact=3,
    )  # fmt: skip
    yield (at := at + 5 * MINUTE)
    tickets.merge(other, by=agent, at=at, into=kept, participant=True)
    yield (at := at + 2 * MINUTE)
    tickets.reply(
        _reread(kept), by=agent, at=at, body="We have both of your reports and are making room now."
    )
    tickets.watch(_reread(kept), by=cast.actor(cast.staff["marta.kovac"]), at=at)


def teamwork(cast: Cast, now: dt.datetime) -> Life:
    """Work in several steps and hands: tasks, a checklist, time, custom fields."""
    party, at = cast.parties["tidewater-energy"], now - 26 * HOUR
    who, agent = party.people[0], cast.actor(cast.staff["jonas.brandt"])
    yield at
    ticket = _open(
        party, who, "workplace", "Laptop of the control room shows a blue screen",
        "It happens twice a shift. We need a working one for the night.", by=cast.actor(who.user), at=at,
    )  # fmt: skip
    yield (at := at + 15 * MINUTE)
    ticket = tickets.reply(
        ticket, by=agent, at=at, body="We prepare another laptop now; you have it tonight."
    )
    extra = {"asset-tag": "C8-2041", "workplace": "In the office"}
    ticket = tickets.change(ticket, by=agent, at=at, fields={"extra": extra})
    jonas = cast.staff["jonas.brandt"]
    ticket = tickets.add_task(ticket, by=agent, at=at, title="Set up a spare laptop", assignee=jonas)
    ticket = tickets.add_task(
        ticket, by=agent, at=at, title="Bring it to the control room", team=cast.teams["workplace"],
        due_at=now + 3 * HOUR,
    )  # fmt: skip
    first, second = TicketTask.objects.filter(customer_id=ticket.customer_id, ticket=ticket).order_by(
        "position", "id"
    )
    tickets.add_task_item(first, by=agent, at=at, text="Disk encrypted")
    tickets.add_task_item(second, by=agent, at=at, text="Have the old one handed in")
    yield (at := at + 70 * MINUTE)
    tickets.tick_task_item(first.items.get(), by=agent, at=at, is_done=True)
    tickets.finish_task(first, by=agent, at=at)
    tickets.log_time(
        _reread(ticket), by=agent, at=at, seconds=55 * 60, note="Spare laptop set up", is_billable=True
    )
    tickets.watch(_reread(ticket), by=cast.actor(cast.staff["hana.kim"]), at=at)


def handed_over(cast: Cast, now: dt.datetime) -> Life:
    """A line that only its supplier can repair: he has taken it."""
    party, at = cast.parties[CUSTOMER], now - 5 * HOUR
    who, agent = party.people[0], cast.actor(cast.staff["liam.oconnor"])
    yield at
    ticket = _open(
        party, who, "telephony", "Outside line of the clinic crackles", "Callers can hardly be understood since noon.",
        by=cast.actor(who.user), at=at,
    )  # fmt: skip
    yield (at := at + 20 * MINUTE)
    ticket = tickets.reply(
        ticket, by=agent, at=at, body="The line itself is disturbed: its owner looks at it now."
    )
    ticket = tickets.hand_over(
        ticket, by=agent, at=at, supplier=cast.suppliers["Lakeside Telecom"],
        message="Line 0471 crackles since noon, both directions. Please measure it.",
    )  # fmt: skip
    yield (at := at + 25 * MINUTE)
    supplier = cast.actor(cast.supplier)
    tickets.accept_handover(_reread(ticket), by=supplier, at=at, their_reference="LT-77120")


def restricted(cast: Cast, now: dt.datetime) -> Life:
    """Something that few people may read."""
    party, at = cast.parties["kestrel-foods"], now - 20 * HOUR
    marta = cast.actor(cast.staff["marta.kovac"])
    yield at
    ticket = _open(
        party, party.manager, "email", "Mailbox of somebody who leaves", "Please close it on Friday. Tell nobody yet.",
        by=cast.actor(party.manager.user), at=at, impact=3, urgency=3,
    )  # fmt: skip
    yield (at := at + 10 * MINUTE)
    reason = "A matter of staff"
    tickets.restrict(ticket, by=marta, at=at, reason=reason, with_requester=True)


def lesson(cast: Cast, one: dict[str, str], at: dt.datetime) -> Life:
    """One of the five tickets that teach the first agent the keys."""
    party = cast.parties["lumen-museum"]
    yield at
    marta = cast.actor(cast.staff["marta.kovac"])
    ticket = _open(
        party, party.manager, "workplace", one["title"], one["text"], by=marta, at=at, impact=3, urgency=3,
    )  # fmt: skip
    tickets.assign(ticket, by=marta, at=at, team=ticket.team, assignee=cast.staff["sofia.keller"])


def _reread(ticket: Ticket) -> Ticket:
    """The ticket as it stands: sweeps and children change it between the scenes."""
    return Ticket.objects.get(customer_id=ticket.customer_id, pk=ticket.pk)
