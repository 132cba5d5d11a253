"""Fills both customers with a row of everything that a customer can own, so that nothing is left untried."""

import datetime as dt
import uuid

from accounts import actions as accounts
from accounts import actors, portal_actions, rota_actions
from accounts.models import Portal, Rota, Site, Team, User
from automation import actions as automation
from automation import recurring
from automation.models import Macro, Rule, SavedText, Schedule, TicketTemplate
from calendars import actions as calendars
from calendars.models import Calendar
from cmdb import actions as cmdb
from cmdb.models import ConfigurationItem
from core import time
from core.actor import Actor
from customers import scoping
from incidents import following, guests
from incidents.major import publishing, settings_actions
from incidents.models import TopManager
from jobs import tasks
from journal import positions, relay
from notifications import preference_actions
from reporting import actions as reporting
from reporting.models import Amendment
from slas import correcting, standards
from slas.drafts import AgreementDraft, LimitDraft, TargetDraft
from slas.models import Timer
from tests import agreed
from tests.places import NOON, SYSTEM, Side, World, report
from tickets import actions, related, verbs, view_actions
from tickets.actions import bulk
from tickets.models import Answer, CustomField, Ticket


def fill(world: World) -> dict[str, Ticket]:
    """Give each side a site, hours, an agreement, items, and a ticket with all that can hang on one; by slug."""
    standards.best_effort(by=SYSTEM, at=NOON)
    settings_actions.create_top_manager(TopManager(user=world.auditor), by=SYSTEM, at=NOON)
    _put_on_call(world.desk, [world.agent, world.lead], "First line")
    _contract(world)
    found = {side.customer.slug: _fill(world, side) for side in (world.acme, world.beta)}
    with time.frozen(
        dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    ):  # deliveries are due by the database's clock
        relay.work_off(actors.system("tests"), limit=500)
        positions.place(actors.system("tests"))
    return found


def _put_on_call(team: Team, members: list[User], name: str) -> None:
    """A rota of a team with a swap in it."""
    now = dt.datetime.now(dt.UTC)
    rota = Rota(team=team, name=name, handover_time=dt.time(9), starts_on=NOON.date(), weekday=0)
    rota = rota_actions.create_rota(rota, by=SYSTEM, at=NOON, members=members)
    times = {"from_at": now + dt.timedelta(days=1), "to_at": now + dt.timedelta(days=16)}
    rota_actions.swap(rota, by=SYSTEM, at=now, user=members[-1], reason="Holidays", **times)


def _contract(world: World) -> None:
    """A supplier who may take longer than either customer is promised: a gap for each."""
    hours = Calendar(name="Around the clock", time_zone="UTC")
    hours = calendars.create_calendar(hours, by=SYSTEM, at=NOON, week=standards.AROUND_THE_CLOCK)
    draft = AgreementDraft(
        customer=None, kind="uc", supplier=world.supplier, name="Lines", calendar=hours, scope="All lines",
        targets=[TargetDraft(metric="resolution", seconds=8 * 3600)], responsibilities="They mend.",
    )  # fmt: skip
    agreed.agree(draft)


def _fill(world: World, side: Side) -> Ticket:
    name = f"canary-{side.customer.slug}"
    accounts.create_site(Site(customer=side.customer, name=f"Site {name}"), by=SYSTEM, at=NOON)
    team = Team(customer=side.customer, slug=f"second-{side.customer.slug}", name=f"Second line {name}")
    people = [side.agent, world.agent]
    _put_on_call(accounts.create_team(team, by=SYSTEM, at=NOON, members=people), people, f"Nights {name}")
    portal = Portal(customer=side.customer, name=f"Help {name}")
    portal_actions.create_portal(portal, by=SYSTEM, at=NOON)
    following.follow(side.customer, f"{name}@{side.customer.slug}.example", by=SYSTEM, at=NOON)
    guests.leave(side.customer, name=name, email=f"{name}@x.example", text=name, language="en", at=NOON)
    hours = Calendar(customer=side.customer, name=f"Hours {name}", time_zone="UTC")
    hours = calendars.create_calendar(hours, by=SYSTEM, at=NOON, week=standards.AROUND_THE_CLOCK)
    draft = AgreementDraft(
        customer=side.customer, name=f"Gold {name}", calendar=hours, services=[side.service],
        targets=standards.targets(dict.fromkeys((1, 2, 3, 4), (0.5, 1))), limits=[LimitDraft(most=9)],
    )  # fmt: skip
    agreed.agree(draft)
    _prepare(world, side)
    _report_on(side)
    items = [_item(side, f"{kind} {name}") for kind in ("Gateway", "Laptop")]
    cmdb.relate(items[0], "depends_on", items[1], by=SYSTEM, at=NOON)
    publishing.publish(
        thread=uuid.uuid4(), title=f"Disturbance {name}", state="investigating", text=f"Word {name}", at=NOON,
        customers=[side.customer.pk], services=[side.service.pk],
    )  # fmt: skip
    return _ticket(world, side, items)


def _prepare(world: World, side: Side) -> None:
    """A macro, a text, a template, a rule and a recurring ticket of this customer, which opened one."""
    name, own = f"canary-{side.customer.slug}", {"customer": side.customer}
    template = TicketTemplate(name=f"Check {name}", title=f"Check {name}", **own)
    for one in (
        Macro(name=f"Macro {name}", note=f"Noted {name}", **own),
        SavedText(name=f"Text {name}", body=f"Hello {name}", **own),
        template,
    ):
        automation.create_prepared(one, by=SYSTEM, at=NOON)
    rule = Rule(name=f"Rule {name}", words="never", set_team=world.desk, **own)
    automation.create_rule(rule, by=SYSTEM, at=NOON)
    daily = Schedule(
        name=f"Daily {name}", template=template, frequency="daily", local_time=dt.time(9), time_zone="UTC",
        starts_on=NOON.date(), is_on=True, **own,
    )  # fmt: skip
    daily = automation.create_schedule(daily, by=SYSTEM, at=NOON - dt.timedelta(hours=4))
    recurring.work_off(daily, by=SYSTEM, at=NOON)


def _report_on(side: Side) -> None:
    """An issued report of this customer on October, in which nothing was counted, with an amendment."""
    made = reporting.create(side.customer, by=SYSTEM, at=NOON, month="2026-10")
    made = reporting.issue(made, by=SYSTEM, at=NOON)
    Amendment.objects.create(
        customer=side.customer, report=made, number=1, reason=f"Corrected canary-{side.customer.slug}", at=NOON,
        formula_version=1, figures=made.figures, lists=made.lists, by_label="x", signature="0" * 64,
    )  # fmt: skip


def _item(side: Side, name: str) -> ConfigurationItem:
    item = ConfigurationItem(customer=side.customer, type=side.service.type, name=name)
    return cmdb.create_item(item, by=SYSTEM, at=NOON)


def _ticket(world: World, side: Side, items: list[ConfigurationItem]) -> Ticket:
    name, agent = f"canary-{side.customer.slug}", world.actor(world.agent)
    macro = {"macro": f"Macro {name}"}
    reference = {"system": "monitor", "reference": f"alarm {name}"}
    ticket = report(side, configuration_items=items, external_references=[reference])
    muting = {"by": side.actor(side.agent), "at": NOON, "number": ticket.number}
    preference_actions.mute_ticket(side.agent, **muting)
    other = report(side, title=f"Second {name}")
    Answer.objects.create(
        customer=side.customer,
        ticket=other,
        question=name,
        invited_at=NOON,
        expires_at=NOON + dt.timedelta(days=14),
    )
    actions.link(ticket, by=agent, at=NOON, kind="related_to", other=other)
    verbs.run(other, "declare_major", {"title": f"Outage {name}"}, by=agent, at=NOON)
    verbs.run(other, "record_decision", {"text": f"Decided {name}"}, by=agent, at=NOON)
    twin = report(side, title=f"Twin {name}")
    actions.merge(twin, by=agent, at=NOON, into=other)
    actions.watch(ticket, by=agent, at=NOON)
    actions.add_participant(ticket, by=agent, at=NOON, person=side.colleague)
    verbs.run(ticket, "note", {"body": f"Hidden {name}"}, by=agent, at=NOON)
    verbs.run(ticket, "reply", {"body": f"Seen {name}"}, by=agent, at=NOON)
    view_actions.mark_read(ticket, by=agent, at=NOON)
    verbs.run(ticket, "apply_macro", macro, by=agent, at=NOON)
    verbs.run(ticket, "add_task", {"title": f"Task {name}", "assignee": world.lead.email}, by=agent, at=NOON)
    actions.add_task_item(ticket.tasks.get(), by=agent, at=NOON, text=f"Line {name}")
    key = f"{side.customer.slug}-asset"
    field = CustomField(key=key, kind="incident", type="text", label=f"Asset {name}", customer=side.customer)
    actions.create_field(field, by=SYSTEM, at=NOON)
    actions.change(ticket, by=agent, at=NOON, fields={"extra": {key: f"A-1 {name}"}})
    verbs.run(ticket, "verify_caller", {"method": "call_back", "note": name}, by=agent, at=NOON)
    verbs.run(ticket, "send_code", {}, by=agent, at=NOON)
    verbs.run(ticket, "log_time", {"seconds": 600, "note": name}, by=agent, at=NOON)
    related.dismiss(ticket, by=agent, at=NOON, record="INC-1")
    actions.send_later(ticket, by=agent, at=NOON, body=f"Waiting {name}", seconds=3600)
    _say_afterwards(ticket, name)
    _change_many([ticket.number, other.number], agent)
    held = {"reason": "supplier", "supplier": world.supplier.name, "their_reference": name}
    return verbs.run(ticket, "hold", held, by=agent, at=NOON + dt.timedelta(minutes=5))


def _say_afterwards(ticket: Ticket, name: str) -> None:
    """A correction that waits, and why a target was missed: the clocks of this ticket began an hour before."""
    timer = ticket.timers.get(kind="sla", metric="resolution")
    later, half = NOON + dt.timedelta(hours=2), dt.timedelta(minutes=30)
    correcting.ask_correction(
        timer, by=SYSTEM, at=later, from_at=NOON, to_at=NOON + half, reason=f"Agreed {name}"
    )
    Timer.objects.filter(pk=timer.pk).update(breached_at=NOON + dt.timedelta(hours=1))
    correcting.explain_breach(timer, by=SYSTEM, at=later, cause=f"Cause {name}")


def _change_many(numbers: list[str], by: Actor) -> None:
    """A job of an agent that left a result on each of these tickets."""
    with scoping.scope(by.customers, caller=by.key):
        job = bulk.start_bulk(numbers, by=by, at=NOON, verb="watch")
    tasks.work(job.pk, job.caller)
