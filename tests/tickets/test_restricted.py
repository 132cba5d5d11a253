"""Restricted tickets: a closed list sees all of it, everybody else a count; breaking the glass is told."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts import actors
from accounts.models import CompartmentMember
from accounts.roles import Role
from core import errors, time
from core.actor import NORMAL
from customers import ALL, scope
from journal.models import Entry
from tests.places import NOON, SYSTEM, World
from tickets import actions, policy, queries, restricted, verbs
from tickets.models import Message, Ticket

LATER = NOON + dt.timedelta(minutes=10)


def closed(world: World, incident: Ticket, **given: object) -> Ticket:
    raw = {"reason": "Security incident", "members": [world.administrator.email], **given}
    return verbs.run(incident, "restrict", raw, by=world.actor(world.agent), at=LATER)


def sees(who: object, incident: Ticket) -> bool:
    """Whether this login finds the ticket, its words and its entries in a scope of its own."""
    by = actors.of_user(who)
    with time.frozen(LATER), scope(by.customers, compartments=by.compartments, caller=by.key):
        by = actors.with_persons(by)
        found = Ticket.objects.visible_to(by).filter(pk=incident.pk).exists()
        words = Message.objects.filter(ticket_id=incident.pk).exists()
        entries = Entry.objects.about("incident", incident.pk).exists()
        hits = incident.pk in queries.search_ids("VPN", by)
        assert found == words == entries == hits
        return found


def test_only_the_list_sees_a_restricted_ticket_and_all_that_hangs_on_it(world: World, incident: Ticket):
    assert sees(world.lead, incident)
    row = closed(world, incident)
    assert row.compartment != NORMAL
    assert sees(world.agent, incident)
    assert sees(world.administrator, incident)
    assert not sees(world.lead, incident)
    assert not sees(world.acme.requester.user, incident)


def test_the_requester_goes_on_seeing_it_where_the_list_says_so(world: World, incident: Ticket):
    closed(world, incident, with_requester=True)
    assert sees(world.acme.requester.user, incident)
    assert not sees(world.acme.manager.user, incident)


def test_who_is_outside_gets_a_number_and_nothing_else(world: World, incident: Ticket):
    closed(world, incident)
    assert restricted.count_hidden(actors.of_user(world.lead)) == 1
    assert restricted.count_hidden(actors.of_user(world.agent)) == 0
    assert restricted.count_hidden(actors.of_user(world.beta.agent)) == 0


def test_the_list_can_be_changed_and_lifted(world: World, incident: Ticket):
    row = closed(world, incident)
    agent = world.actor(world.agent)
    row = verbs.run(row, "restrict", {"reason": "She left", "members": [world.lead.pk]}, by=agent, at=LATER)
    assert sees(world.lead, incident)
    assert not sees(world.administrator, incident)
    assert "lift_restriction" in {one.verb for one in policy.allowed(agent, row)}
    row = verbs.run(row, "lift_restriction", {"reason": "It is public"}, by=agent, at=LATER)
    assert row.compartment == NORMAL
    assert sees(world.administrator, incident)


def test_a_ticket_that_is_open_to_all_has_nothing_to_lift(world: World, incident: Ticket):
    agent, entries = world.actor(world.agent), Entry.objects.count()
    assert "lift_restriction" not in {one.verb for one in policy.allowed(agent, incident)}
    with pytest.raises(errors.Invalid):
        verbs.run(incident, "lift_restriction", {"reason": "x"}, by=agent, at=LATER)
    assert Entry.objects.count() == entries


def test_it_is_given_to_nobody_who_may_not_see_it(world: World, incident: Ticket):
    row = closed(world, incident)
    with pytest.raises(errors.Invalid) as refused:
        verbs.run(row, "assign", {"assignee": world.lead.email}, by=world.actor(world.agent), at=LATER)
    assert "not on the list" in refused.value.detail
    assert Ticket.objects.get(pk=row.pk).assignee_id is None


def test_the_glass_breaks_for_eight_hours_and_says_so(world: World, incident: Ticket):
    row = closed(world, incident)
    lead = actors.of_user(world.lead)
    with time.frozen(LATER), scope(ALL, compartments=lead.compartments, caller=lead.key):
        actions.break_glass(row.number.lower(), by=lead, at=LATER, reason="Nobody else is on call")
    assert sees(world.lead, incident)
    with scope(ALL, compartments={NORMAL, row.compartment}):
        told = Entry.objects.get(name="incident.glass_broken")
        assert (told.actor_label, told.data["reason"]) == (str(world.lead), "Nobody else is on call")
        assert told.compartment == row.compartment
    with time.frozen(LATER + dt.timedelta(hours=8, seconds=1)):
        assert actors.of_user(world.lead).compartments == {NORMAL}


def test_the_glass_does_not_break_without_a_reason_a_role_or_a_restricted_ticket(
    world: World, incident: Ticket
):
    row = closed(world, incident)
    lead, members = actors.of_user(world.lead), CompartmentMember.objects.count()
    with pytest.raises(errors.Invalid):
        actions.break_glass(row.number, by=lead, at=LATER, reason=" ")
    with pytest.raises(errors.Forbidden):
        actions.break_glass(row.number, by=actors.of_user(world.acme.agent), at=LATER, reason="Curious")
    for number in ("INC-1", row.number):
        accounts.grant(world.acme.agent, Role.TEAM_LEAD, by=SYSTEM, at=LATER, customer=world.beta.customer)
        with pytest.raises(errors.NotFound if number == "INC-1" else errors.Forbidden):
            actions.break_glass(number, by=actors.of_user(world.acme.agent), at=LATER, reason="Curious")
    assert CompartmentMember.objects.count() == members
