"""The life of an incident beyond its states: who is called, what belongs together, who follows, who hears nothing."""

import datetime as dt

import pytest
from django.db import transaction

from accounts import actions as accounts
from accounts import compartments
from accounts.models import Team
from core import errors
from customers.models import Organization
from incidents import actions as incidents
from incidents.models import Incident
from journal.models import Entry
from slas import merging
from slas import queries as clocks
from slas.choices import TimerState
from slas.models import Timer
from tests.house.test_permissions import written
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import Levels, make_levels
from tickets import actions, handovers, policy, queries, verbs
from tickets.models import Handover, Link, Merge, Message, Participant, Ticket, Watcher

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def levels(world: World) -> Levels:
    return make_levels(world)


def names(ticket: Ticket) -> list[str]:
    rows = Entry.objects.about(ticket.kind, ticket.pk).order_by("id")
    return list(rows.values_list("name", flat=True))


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def refused(call, *given, **named) -> str:
    """The sentence of a refusal that left nothing behind."""
    before = written()
    with pytest.raises(errors.Refused) as caught:
        call(*given, **named)
    assert written() == before
    return caught.value.detail


def network(world: World):
    return accounts.create_team(
        Team(slug="network", name="Network"), by=SYSTEM, at=NOON, members=[world.lead]
    )


class TestEscalate:
    def test_a_functional_escalation_gives_it_to_another_team_and_says_why(self, world, incident):
        network(world)
        agent = world.actor(world.agent)
        done = actions.escalate(
            incident, by=agent, at=NOON, kind="functional", to="network", reason="Needs a packet trace"
        )
        assert (done.team.slug, done.assignee) == ("network", None)
        entry = Entry.objects.get(name="incident.escalated_to")
        assert entry.data == {
            "kind": "functional", "to": "Network", "reason": "Needs a packet trace", "notify": ["team"],
            "team_id": done.team_id,
        }  # fmt: skip

    def test_a_hierarchical_escalation_calls_a_role_and_leaves_it_where_it_is(self, world, incident):
        agent = world.actor(world.agent)
        done = actions.escalate(
            incident, by=agent, at=NOON, kind="hierarchical", to="team_lead", reason="The customer shouts"
        )
        assert done.team == world.desk
        assert Entry.objects.get(name="incident.escalated_to").data["notify"] == ["team_lead"]

    @pytest.mark.parametrize(
        ("kind", "to", "said"),
        [
            ("functional", "nobody", "goes to a team"),
            ("functional", "service-desk", "has it already"),
            ("hierarchical", "problem_manager", "Nobody is Problem manager"),
            ("hierarchical", "requester", "a role or a person"),
            ("hierarchical", "beta-agent@calder.example", "does not work on this customer's"),
        ],
    )
    def test_nobody_is_called_who_cannot_help(self, world, incident, kind, to, said):
        agent = world.actor(world.agent)
        assert said in refused(actions.escalate, incident, by=agent, at=NOON, kind=kind, to=to, reason="x")


class TestMerge:
    def merged(self, world, *, participant=False, late=HOUR):
        first = report(world.acme, title="First")
        second = report(world.acme, title="Second", at=NOON + late, requester=world.acme.colleague,
                        by=world.acme.actor(world.acme.colleague))  # fmt: skip
        agent = world.actor(world.agent)
        return first, second, agent

    def test_a_duplicate_is_closed_linked_and_shown_in_the_one_that_stays(self, world):
        first, second, agent = self.merged(world)
        done = actions.merge(second, by=agent, at=NOON + 2 * HOUR, into=first)
        detail = Incident.objects.get(pk=second.pk)
        assert (done.state, done.phase, detail.code) == ("closed", "closed", "duplicate")
        assert names(second)[-1] == "incident.merged"
        assert names(first)[-1] == "incident.absorbed"
        assert Link.objects.get(ticket=second).kind == "duplicate_of"
        said = [one.ticket_id for one in queries.messages(first, agent)]
        assert said == [first.pk, second.pk]
        assert not Participant.objects.exists()

    def test_its_requester_takes_part_only_if_ticked_and_then_sees_and_answers_the_one_that_stays(
        self, world
    ):
        first, second, agent = self.merged(world)
        colleague = world.acme.actor(world.acme.colleague)
        assert not Ticket.objects.visible_to(colleague).filter(pk=first.pk).exists()
        verbs.run(second, "merge", {"into": first.number, "participant": True}, by=agent, at=NOON + 2 * HOUR)
        assert Ticket.objects.visible_to(colleague).filter(pk=first.pk).exists()
        actions.reply(fresh(first), by=colleague, at=NOON + 3 * HOUR, body="It is the same here")
        assert "close" not in {one.verb for one in policy.allowed(colleague, fresh(first))}
        actions.unmerge(fresh(second), by=agent, at=NOON + 4 * HOUR)
        assert not Ticket.objects.visible_to(colleague).filter(pk=first.pk).exists()

    def test_unmerging_puts_state_hold_and_resolution_back_as_they_were(self, world):
        first, second, agent = self.merged(world)
        held = {"reason": "scheduled", "until": "2026-11-25T09:00:00Z"}
        verbs.run(second, "hold", held, by=agent, at=NOON + HOUR)
        before = {
            name: getattr(fresh(second), name) for name in ("state", "phase", "hold_kind", "hold_until")
        }
        actions.merge(fresh(second), by=agent, at=NOON + 2 * HOUR, into=first)
        done = actions.unmerge(fresh(second), by=agent, at=NOON + 20 * HOUR)
        assert {name: getattr(done, name) for name in before} == before
        assert (done.closed_at, Incident.objects.get(pk=second.pk).code) == (None, "")
        assert not Link.objects.exists()
        assert names(first)[-1] == "incident.released"

    def test_a_supplier_is_let_off_by_the_merge_and_has_it_again_after_unmerging(self, world):
        first, second, agent = self.merged(world)
        supplier = Organization.objects.create(name="Fern Networks", is_supplier=True, customer=None)
        given = {"supplier": supplier, "message": "Look at the line"}
        actions.hand_over(second, by=agent, at=NOON + HOUR, **given)
        actions.merge(fresh(second), by=agent, at=NOON + 2 * HOUR, into=first)
        ended = Entry.objects.get(name="incident.handover_ended")
        assert (ended.data["cause"], handovers.is_open(fresh(second))) == ("merged", False)
        actions.unmerge(fresh(second), by=agent, at=NOON + 3 * HOUR)
        assert handovers.is_with(fresh(second), {supplier.pk})
        assert Handover.objects.count() == 1
        assert names(second)[-2:] == ["incident.handed_over", "incident.unmerged"]

    def test_what_a_supplier_gave_back_before_the_merge_is_not_given_to_him_again(self, world):
        first, second, agent = self.merged(world)
        supplier = Organization.objects.create(name="Fern Networks", is_supplier=True, customer=None)
        given = {"supplier": supplier, "message": "Look at the line"}
        actions.hand_over(second, by=agent, at=NOON + HOUR, **given)
        actions.take_back(fresh(second), by=agent, at=NOON + HOUR, reason="Ours")
        actions.merge(fresh(second), by=agent, at=NOON + 2 * HOUR, into=first)
        actions.unmerge(fresh(second), by=agent, at=NOON + 3 * HOUR)
        assert not handovers.is_open(fresh(second))

    def test_a_major_incident_stays_and_takes_others_in(self, world):
        first, second, agent = self.merged(world)
        Ticket.objects.filter(pk=second.pk).update(is_major=True)
        assert "merge the other one into it" in refused(
            actions.merge, fresh(second), by=agent, at=NOON + 2 * HOUR, into=first
        )
        assert actions.refusal(fresh(second), first, by=agent).startswith(f"{second.number} is a major")
        actions.merge(first, by=agent, at=NOON + 2 * HOUR, into=fresh(second))
        assert fresh(first).state == "closed"

    def test_the_clocks_of_a_preview_are_those_of_the_merge(self, world, levels):
        first, second, agent = self.merged(world, late=5 * HOUR)
        shown = merging.preview(second, first.opened_at, NOON + 6 * HOUR)
        actions.merge(first, by=agent, at=NOON + 6 * HOUR, into=second)
        after = {one.metric: one.due_at for one in clocks.timers_of(second)}
        assert {one.metric: one.after_at for one in shown} == after
        assert all(one.after_at < one.before_at for one in shown)

    def test_after_a_day_it_stays_merged(self, world):
        first, second, agent = self.merged(world)
        merged = actions.merge(second, by=agent, at=NOON + 2 * HOUR, into=first)
        assert "24 hours" in refused(actions.unmerge, merged, by=agent, at=NOON + 27 * HOUR)

    def test_what_was_never_merged_cannot_be_unmerged(self, world, incident):
        agent = world.actor(world.agent)
        closed = incidents.close(
            verbs.run(incident, "resolve", {"code": "fixed", "note": "x"}, by=agent, at=NOON),
            by=agent,
            at=NOON,
        )
        assert "is not merged" in refused(actions.unmerge, closed, by=agent, at=NOON)
        assert "unmerge" not in {one.verb for one in policy.allowed(agent, closed)}

    def test_tickets_of_two_customers_and_a_ticket_with_itself_are_never_merged(self, world, incident):
        agent, foreign = world.actor(world.agent), report(world.beta)
        assert "one customer" in refused(actions.merge, incident, by=agent, at=NOON, into=foreign)
        assert "itself" in refused(actions.merge, incident, by=agent, at=NOON, into=incident)
        ended = incidents.cancel(report(world.acme), by=agent, at=NOON, reason="x")
        assert "no longer open" in refused(actions.merge, incident, by=agent, at=NOON, into=ended)
        assert not Merge.objects.exists()

    def test_the_requester_reads_of_a_merged_ticket_only_what_he_wrote_himself(self, world):
        first, second, agent = self.merged(world)
        actions.merge(second, by=agent, at=NOON + 2 * HOUR, into=first)
        own = queries.messages(first, world.acme.actor(world.acme.requester))
        assert [one.ticket_id for one in own] == [first.pk]


class TestSplitAndMove:
    def test_chosen_messages_are_copied_into_a_linked_ticket_with_where_they_come_from(self, world, incident):
        agent, requester = world.actor(world.agent), world.acme.actor(world.acme.requester)
        actions.reply(incident, by=requester, at=NOON + HOUR, body="And the printer is broken too")
        second = Message.objects.get(ticket=incident, kind="reply")
        done = actions.split(
            fresh(incident), by=agent, at=NOON + 2 * HOUR, messages=[second.pk], title="Printer broken"
        )
        made = Ticket.objects.get(title="Printer broken")
        opening = Message.objects.get(ticket=made)
        assert done.pk == incident.pk
        assert opening.body.startswith("And the printer is broken too\n\n_(From " + incident.number)
        assert (made.customer_id, made.requester_id, made.service_id) == (
            incident.customer_id, incident.requester_id, incident.service_id,
        )  # fmt: skip
        assert Message.objects.filter(ticket=incident).count() == 2
        assert Link.objects.get(ticket=made).other_id == incident.pk
        assert Entry.objects.get(name="incident.split").data == {
            "other": made.number,
            "messages": [second.pk],
        }

    def test_a_note_never_opens_a_ticket_and_foreign_messages_are_not_taken(self, world, incident):
        agent = world.actor(world.agent)
        actions.note(incident, by=agent, at=NOON, body="Secret")
        note = Message.objects.get(kind="note")
        foreign = Message.objects.get(ticket=report(world.acme))
        for chosen in ([note.pk], [foreign.pk]):
            refused(actions.split, fresh(incident), by=agent, at=NOON, messages=chosen)
        assert not Link.objects.filter(other=incident).exists()
        assert not Entry.objects.filter(name="incident.split").exists()

    def test_a_misfiled_ticket_goes_on_at_the_other_customer_and_names_it_nowhere(self, world, incident):
        agent = world.actor(world.agent)
        opening = Message.objects.get(ticket=incident)
        raw = {"customer": "beta", "messages": [opening.pk], "requester": "requester@beta.example"}
        done = verbs.run(incident, "move_to_customer", raw, by=agent, at=NOON + HOUR)
        made = Ticket.objects.get(customer=world.beta.customer)
        assert (done.state, done.customer_id) == ("cancelled", world.acme.customer.pk)
        assert (made.opened_at, made.requester) == (NOON, world.beta.requester)
        assert Timer.objects.filter(ticket=incident, state=TimerState.RUNNING).count() == 0
        told = list(Entry.objects.filter(customer=world.acme.customer).values_list("data", flat=True))
        assert "beta" not in str(told).lower()
        assert made.number not in str(told)

    def test_what_was_misfiled_is_closed_to_all_but_the_actor_the_assignee_and_the_leads(
        self, world, incident
    ):
        agent = world.actor(world.agent)
        raw = {"customer": "beta", "messages": [Message.objects.get(ticket=incident).pk]}
        actions.assign(incident, by=agent, at=NOON, assignee=world.acme.agent)
        done = verbs.run(fresh(incident), "move_to_customer", raw, by=agent, at=NOON + HOUR)
        listed = set(compartments.members(done.compartment))
        assert {world.agent, world.acme.agent, world.lead} <= listed
        for person in (world.acme.requester, world.acme.manager):
            assert not Ticket.objects.visible_to(world.acme.actor(person)).filter(pk=done.pk).exists()
        entry = Entry.objects.get(name="incident.restricted")
        assert (entry.compartment, entry.data["reason"]) == (
            done.compartment,
            "It was filed here by mistake.",
        )

    def test_who_does_not_work_for_both_customers_moves_nothing(self, world, incident):
        acme_agent = world.actor(world.acme.agent)
        opening = Message.objects.get(ticket=incident)
        given = {"by": acme_agent, "at": NOON, "customer": world.beta.customer, "messages": [opening.pk]}
        refused(actions.move_to_customer, incident, **given)
        assert not Ticket.objects.filter(customer=world.beta.customer).exists()


class TestFollowing:
    def test_an_agent_follows_and_lets_go_and_the_second_time_nothing_happens(self, world, incident):
        agent = world.actor(world.agent)
        for _twice in range(2):
            actions.watch(incident, by=agent, at=NOON)
        assert Watcher.objects.get().user == world.agent
        for _twice in range(2):
            actions.unwatch(incident, by=agent, at=NOON)
        assert names(incident) == ["incident.opened", "incident.watch_changed", "incident.watch_changed"]

    def test_a_participant_is_of_the_same_customer_and_not_the_requester(self, world, incident):
        agent = world.actor(world.agent)
        for person in (world.beta.requester, world.acme.requester):
            refused(actions.add_participant, incident, by=agent, at=NOON, person=person)
        made = actions.add_participant(incident, by=agent, at=NOON, person=world.acme.colleague)
        actions.remove_participant(incident, by=agent, at=NOON, participant_id=made.pk)
        assert names(incident)[1:] == ["incident.participant_added", "incident.participant_removed"]


class TestChildren:
    def family(self, world):
        agent, parent, own = world.actor(world.agent), report(world.acme), report(world.acme)
        foreign = report(world.beta)
        for child in (own, foreign):
            actions.link(child, by=agent, at=NOON, kind="child_of", other=parent)
        return agent, parent, own, foreign

    def test_a_parent_is_resolved_with_the_children_that_were_chosen_each_by_its_own_action(self, world):
        agent, parent, own, foreign = self.family(world)
        assert queries.open_children(parent, agent) == [own, foreign]
        raw = {"code": "fixed", "note": "Line is up", "children": [own.number, foreign.number]}
        verbs.run(parent, "resolve", raw, by=agent, at=NOON)
        assert {one.state for one in (fresh(parent), fresh(own), fresh(foreign))} == {"resolved"}
        assert Entry.objects.filter(name="incident.resolved").count() == 3

    def test_one_child_that_cannot_be_resolved_undoes_all_and_strangers_are_no_children(self, world):
        agent, parent, own, foreign = self.family(world)
        actions.change(own, by=agent, at=NOON, fields={"category": None, "service": None})
        stranger = report(world.acme)
        for chosen in ([foreign, own], [stranger]):
            raw = {"code": "fixed", "note": "x", "children": [one.number for one in chosen]}
            before = written()
            with pytest.raises(errors.Invalid), transaction.atomic():
                verbs.run(fresh(parent), "resolve", raw, by=agent, at=NOON)
            assert written() == before

    def test_who_sees_one_customer_is_offered_that_customers_children_only(self, world):
        _agent, parent, own, _foreign = self.family(world)
        assert queries.open_children(parent, world.actor(world.acme.agent)) == [own]


def test_verify_finds_every_clock_of_a_merge_as_its_segments_say(world):
    first, second = report(world.acme), report(world.acme, at=NOON + HOUR)
    agent = world.actor(world.agent)
    actions.merge(first, by=agent, at=NOON + 2 * HOUR, into=second)
    actions.unmerge(fresh(first), by=agent, at=NOON + 3 * HOUR)
    assert list(clocks.differing(clocks.all_timers())) == []
