"""Where new tickets go: rules in their order, a team's way of sharing out, and who counts as present."""

import datetime as dt

import pytest

from accounts import absences
from accounts import actions as accounts
from accounts.choices import Distribution
from accounts.models import Team
from automation import actions, dry, queries
from automation.models import Decision, Rule
from core import errors
from customers import scoping
from journal.models import Entry
from tests.api.callers import Caller, refused
from tests.places import NOON, SYSTEM, World, report
from tickets.models import Ticket


def rule(**given) -> Rule:
    return actions.create_rule(Rule(**{"name": "Network first", "is_on": True, **given}), by=SYSTEM, at=NOON)


def second_line(world: World) -> Team:
    team = Team(slug="network", name="Network")
    return accounts.create_team(team, by=SYSTEM, at=NOON, members=[world.lead])


def share(world: World, way: str) -> None:
    accounts.change_team(world.desk, by=SYSTEM, at=NOON, fields={"distribution": way})


def decision(ticket: Ticket) -> Decision:
    return Decision.objects.get(ticket=ticket)


def test_without_rules_a_ticket_goes_to_its_services_team_else_to_triage(world: World):
    team = second_line(world)
    profile = world.acme.service.profile
    profile.support_team = team
    profile.save()
    with_service, without = report(world.acme), report(world.acme, service=None)
    assert (with_service.team, decision(with_service).method) == (team, "service")
    assert (without.team, decision(without).method) == (world.desk, "triage")
    assert (with_service.version, with_service.assignee) == (1, None)


def test_the_first_rule_that_holds_acts_and_entry_and_history_name_it(world: World):
    team = second_line(world)
    rule(name="Other words", words="printer, toner", set_team=world.desk, position=1)
    acts = rule(words="vpn", customer=world.acme.customer, set_team=team, set_priority=1, position=2)
    rule(name="Too late", set_priority=4, position=3)
    ticket = report(world.acme)
    assert (ticket.team, ticket.priority, ticket.assignee) == (team, 1, None)
    entry = Entry.objects.get(name="incident.routed")
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("rule", acts.pk, "Network first")
    assert Ticket.history.filter(id=ticket.pk).first().history_change_reason == f"route by rule:{acts.pk}"
    assert [one.ticket for one in queries.log_of(acts, world.actor(world.agent))] == [ticket]
    assert report(world.beta).priority == 4  # the rule of Acme is none of Beta's
    assert Decision.objects.count() == 2


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ({"priorities": [3]}, True), ({"priorities": [1, 2]}, False), ({"channels": ["portal"]}, True),
        ({"channels": ["phone", "email"]}, False), ({"words": "every few MINUTES"}, True), ({"words": "fax"}, False),
    ],
)  # fmt: skip
def test_each_condition_counts(world: World, condition: dict, is_met: bool):
    rule(**condition, set_assignee=world.lead)
    assert report(world.acme).assignee == (world.lead if is_met else None)


def test_what_the_opener_chose_no_rule_undoes(world: World):
    rule(set_team=second_line(world), set_assignee=world.lead)
    ticket = report(world.acme, team=world.desk, assignee=world.agent, by=world.actor(world.agent))
    assert (ticket.team, ticket.assignee) == (world.desk, world.agent)


def test_in_turn_among_those_who_are_present(world: World):
    share(world, Distribution.ROUND_ROBIN)
    assert [report(world.acme).assignee for _n in range(3)] == [world.agent, world.lead, world.agent]
    today = NOON.date()
    absences.create_absence(world.lead, by=SYSTEM, at=NOON, from_on=today, to_on=today)
    assert report(world.acme).assignee == world.agent
    tomorrow = NOON + dt.timedelta(days=1)
    assert report(world.acme, at=tomorrow).assignee == world.lead
    absences.create_absence(world.agent, by=SYSTEM, at=NOON, from_on=today, to_on=today)
    ticket = report(world.acme)
    assert (ticket.assignee, decision(ticket).distribution) == (None, "")


def test_the_least_loaded_is_found_over_all_customers_by_whoever_reports(world: World):
    share(world, Distribution.LEAST_LOADED)
    report(world.beta, assignee=world.agent, by=world.actor(world.agent))
    requester = world.acme.actor(world.acme.requester)
    with scoping.scope(requester.customers):
        first, second = report(world.acme, by=requester), report(world.acme, by=requester)
    assert (first.assignee, second.assignee) == (world.lead, world.agent)
    assert decision(first).distribution == "least_loaded"


def test_only_who_works_for_the_customer_gets_its_tickets(world: World):
    accounts.set_members(world.desk, by=SYSTEM, at=NOON, members=[world.beta.agent])
    share(world, Distribution.ROUND_ROBIN)
    assert report(world.acme).assignee is None
    assert report(world.beta).assignee == world.beta.agent


def test_a_dry_run_says_what_would_have_been_and_changes_nothing(world: World):
    ticket, _other = report(world.acme), report(world.beta, title="Toner", description="Empty")
    team = second_line(world)
    off = rule(words="vpn", set_team=team, set_priority=2, is_on=False)
    found = dry.run(off, world.actor(world.administrator))
    assert found.looked_at == 2
    assert [(one.number, one.changes) for one in found.hits] == [
        (ticket.number, {"team": ["Service desk", "Network"], "priority": ["P3", "P2"]})
    ]
    assert not Entry.objects.filter(name="incident.routed").exists()
    assert report(world.acme).team == world.desk


def test_rules_are_the_administrators_in_versions_with_entries(world: World):
    admin, agent = Caller(world.administrator), Caller(world.agent)
    made = admin.post("routing-rules/", {"name": "VIP", "words": "vip", "set_priority": 1})
    assert (made.status_code, made.json()["is_on"]) == (201, False), made.content
    address = f"routing-rules/{made.json()['id']}/"
    assert admin.patch(address, {"is_on": True}).json()["version"] == 2
    assert admin.get(f"{address}dry-run/").json() == {"looked_at": 0, "hits": []}
    refused(admin.patch(address, {"set_priority": 9}), 422, "invalid")
    refused(admin.patch(address, {"set_priority": None}), 422, "invalid")
    refused(agent.post("routing-rules/", {"name": "Mine", "set_priority": 1}), 403, "forbidden")
    refused(agent.get(address), 404, "not_found")
    assert Entry.objects.filter(name__startswith="routing_rule.").count() == 2


def test_an_absence_is_ones_own_and_has_days(world: World):
    by, today = world.actor(world.agent), NOON.date()
    with pytest.raises(errors.Forbidden):
        absences.create_absence(world.lead, by=by, at=NOON, from_on=today, to_on=today)
    with pytest.raises(errors.Invalid):
        absences.create_absence(
            world.agent, by=by, at=NOON, from_on=today, to_on=today - dt.timedelta(days=1)
        )
    made = absences.create_absence(
        world.agent, by=by, at=NOON, from_on=today, to_on=today, deputy=world.lead, reason="Leave"
    )
    assert absences.away([world.agent.pk, world.lead.pk], NOON) == {world.agent.pk}
    absences.end_absence(made, by=by, at=NOON)
    assert absences.coming(world.agent, NOON) == []
