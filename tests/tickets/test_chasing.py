"""What happens when nobody answers: reminders, giving up, closing; the window to reopen; a word of thanks."""

import datetime as dt

import pytest

from core import errors
from incidents import actions as incidents
from incidents.models import Incident
from journal.models import Entry
from slas import standards
from tests.places import NOON, SYSTEM, World, report
from tickets import actions, filters, settings_actions, standing, verbs
from tickets.models import LifeRule, Link, Message, Ticket

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.usefixtures("best_effort")


@pytest.fixture
def best_effort(world: World):
    """Office hours by which working days are counted: Monday to Friday, 9 to 17 in UTC."""
    return standards.best_effort(by=SYSTEM, at=NOON)


def waiting(world: World, **given) -> Ticket:
    ticket = report(world.acme, **given)
    raw = {"reason": "with-customer", "message": "Which version?"}
    return verbs.run(ticket, "hold", raw, by=world.actor(world.agent), at=NOON)


def solved(world: World) -> Ticket:
    raw = {"code": "fixed", "note": "New cable"}
    return verbs.run(report(world.acme), "resolve", raw, by=world.actor(world.agent), at=NOON)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def names(ticket: Ticket) -> list[str]:
    rows = Entry.objects.about(ticket.kind, ticket.pk).order_by("id")
    return [one.split(".")[1] for one in rows.values_list("name", flat=True)]


def test_a_customer_is_reminded_after_two_and_four_working_days_and_given_up_after_six(world: World):
    ticket = waiting(world)  # a Wednesday
    assert ticket.chase_at == NOON + 2 * DAY
    assert not actions.chase(ticket, by=SYSTEM, at=NOON + 2 * DAY - dt.timedelta(seconds=1))
    assert actions.chase(ticket, by=SYSTEM, at=NOON + 2 * DAY)
    assert not actions.chase(ticket, by=SYSTEM, at=NOON + 2 * DAY)
    assert fresh(ticket).chase_at == NOON + 6 * DAY  # over the weekend: Tuesday
    assert actions.chase(ticket, by=SYSTEM, at=NOON + 6 * DAY)
    assert fresh(ticket).chase_at == NOON + 8 * DAY
    assert actions.chase(ticket, by=SYSTEM, at=NOON + 8 * DAY)
    assert (fresh(ticket).state, Incident.objects.get(pk=ticket.pk).code) == ("resolved", "no_answer")
    assert names(ticket) == ["opened", "replied", "held", "chased", "chased", "resolved"]


def test_reminders_change_no_version_so_that_nobody_s_form_grows_stale(world: World):
    ticket = waiting(world)
    actions.chase(ticket, by=SYSTEM, at=NOON + 2 * DAY)
    assert fresh(ticket).version == ticket.version


def test_the_two_highest_priorities_are_never_chased(world: World):
    assert waiting(world, impact=1, urgency=2).chase_at is None
    raised = waiting(world)
    given = {"priority": 1, "priority_reason": "The director"}
    actions.change(raised, by=world.actor(world.lead), at=NOON, fields=given)
    assert not actions.chase(raised, by=SYSTEM, at=NOON + 2 * DAY)
    assert fresh(raised).chase_at is None
    assert "chased" not in names(raised)


def test_an_answer_ends_the_reminders(world: World):
    ticket = waiting(world)
    actions.reply(ticket, by=world.acme.actor(world.acme.requester), at=NOON + DAY, body="Version 7")
    assert fresh(ticket).chase_at is None
    assert not actions.chase(ticket, by=SYSTEM, at=NOON + 9 * DAY)


def test_after_an_outage_one_reminder_is_sent_and_the_next_a_day_later(world: World):
    ticket = waiting(world)
    assert actions.chase(ticket, by=SYSTEM, at=NOON + 7 * DAY)
    assert names(ticket).count("chased") == 1
    assert fresh(ticket).chase_at == NOON + 8 * DAY


def test_what_stays_resolved_closes_itself_after_five_working_days(world: World):
    ticket = solved(world)
    assert ticket.chase_at == NOON + 7 * DAY
    assert actions.chase(ticket, by=SYSTEM, at=NOON + 7 * DAY)
    assert fresh(ticket).state == "closed"
    assert not actions.chase(ticket, by=SYSTEM, at=NOON + 30 * DAY)
    assert names(ticket).count("closed") == 1


def test_open_children_keep_it_resolved_until_they_are_done(world: World):
    parent, child = solved(world), report(world.acme)
    Link.objects.create(
        customer=world.acme.customer, ticket=child, kind="child_of", other=parent,
        other_customer=world.acme.customer, created_at=NOON,
    )  # fmt: skip
    assert not actions.chase(parent, by=SYSTEM, at=NOON + 7 * DAY)
    assert (fresh(parent).state, fresh(parent).chase_at) == ("resolved", NOON + 8 * DAY)


def test_what_cannot_end_is_listed_and_said_once_and_tried_again_when_it_is_changed(world: World):
    ticket, agent = waiting(world), world.actor(world.agent)
    actions.change(ticket, by=agent, at=NOON, fields={"category": None, "service": None})
    for day in (2, 6, 8, 9, 12):
        actions.chase(ticket, by=SYSTEM, at=NOON + day * DAY)
    stuck = fresh(ticket)
    assert (stuck.state, stuck.blocked_at) == ("on_hold", NOON + 8 * DAY)
    assert names(ticket).count("end_blocked") == 1
    assert "fill in: service, category" in Entry.objects.get(name="incident.end_blocked").data["reason"]
    listed = filters.apply(Ticket.objects.all(), standing.SYSTEM["blocked"], agent)
    assert list(listed) == [stuck]
    actions.change(stuck, by=agent, at=NOON + 12 * DAY, fields={"service": world.acme.service})
    assert actions.chase(ticket, by=SYSTEM, at=NOON + 12 * DAY)
    done = fresh(ticket)
    assert (done.state, done.blocked_at) == ("resolved", None)
    assert not listed.all().exists()


def test_a_customer_s_own_deadlines_go_before_the_installation_s(world: World):
    settings_actions.create_life_rule(
        LifeRule(customer=world.acme.customer, close_days=1), by=SYSTEM, at=NOON, reason="Contract"
    )
    assert solved(world).chase_at == NOON + DAY


def test_reminders_out_of_order_are_refused(world: World):
    rule = LifeRule.objects.get(customer=None)
    with pytest.raises(errors.Invalid):
        settings_actions.change_life_rule(rule, by=SYSTEM, at=NOON, fields={"first_reminder_days": 5})


def test_inside_the_window_an_answer_reopens_and_after_it_a_follow_up_is_begun(world: World):
    requester = world.acme.actor(world.acme.requester)
    soon, late = solved(world), solved(world)
    actions.reply(soon, by=requester, at=NOON + 7 * DAY, body="It drops again")
    assert (fresh(soon).state, fresh(soon).reopen_count) == ("in_progress", 1)
    actions.reply(late, by=requester, at=NOON + 7 * DAY + dt.timedelta(seconds=1), body="It drops again")
    made = Ticket.objects.latest("id")
    assert fresh(late).state == "resolved"
    assert (made.requester, made.state, made.service_id) == (world.acme.requester, "new", late.service_id)
    assert Message.objects.get(ticket=made).body == "It drops again"
    assert Link.objects.get(ticket=made).other_id == late.pk
    assert names(late)[-2:] == ["replied", "followed_up"]


def test_what_is_closed_is_followed_up_and_what_can_be_reopened_is_not(world: World):
    requester, ticket = world.acme.actor(world.acme.requester), solved(world)
    with pytest.raises(errors.Invalid, match="can still be reopened"):
        actions.follow_up(ticket, by=requester, at=NOON, message="Again")
    closed = incidents.close(ticket, by=requester, at=NOON)
    actions.follow_up(closed, by=requester, at=NOON + 90 * DAY, message="Again")
    assert Ticket.objects.latest("id").requester == world.acme.requester
    with pytest.raises(errors.Invalid, match="too long ago"):
        incidents.reopen(solved(world), by=requester, at=NOON + 8 * DAY)


def test_a_word_of_thanks_marks_the_ticket_and_opens_nothing(world: World):
    ticket, requester = solved(world), world.acme.actor(world.acme.requester)
    actions.reply(ticket, by=requester, at=NOON + DAY, body="Thank you, it works now!")
    assert (fresh(ticket).state, fresh(ticket).thanked_at) == ("resolved", NOON + DAY)
    assert names(ticket)[-2:] == ["replied", "thanked"]


def test_lowering_the_priority_late_needs_a_reason_and_is_recorded(world: World):
    agent, ticket = world.actor(world.lead), report(world.acme, impact=1, urgency=1)
    actions.change(ticket, by=agent, at=NOON, fields={"urgency": 2})
    assert not Entry.objects.filter(name="incident.priority_lowered").exists()
    late = NOON + 2 * DAY
    with pytest.raises(errors.Invalid, match="Half of its time"):
        actions.change(ticket, by=agent, at=late, fields={"urgency": 3})
    given = {"urgency": 3, "priority_reason": "One person only"}
    actions.change(fresh(ticket), by=agent, at=late, fields=given)
    entry = Entry.objects.get(name="incident.priority_lowered")
    assert (entry.data["from_priority"], entry.data["to_priority"]) == (2, 3)
    assert entry.data["reason"] == "One person only"
