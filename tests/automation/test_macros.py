"""Macros: what a preview says, what applying does, who may take which, and what texts may hold."""

import pytest

from accounts.models import Membership
from automation import actions, macros, queries
from automation.models import Macro, MacroUse, SavedText
from core import errors
from journal.models import Entry
from tests.api.callers import Caller, refused, rows
from tests.desk.hands import sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs
from tickets.models import Message, Ticket


def macro(world: World, **given) -> Macro:
    values = {"name": "Ask for the version", **given}
    return actions.create_prepared(Macro(**values), by=SYSTEM, at=NOON)


def waiting(world: World, **given) -> Macro:
    text = "Hello {{ requester.first_name }},\n\n{{ cursor }}which version of {{service.name}}?"
    return macro(
        world, reply=text, note="Asked by {{ agent.name }}", verb="hold", values={"reason": "with-customer"},
        set_priority=1, takes=True, **given,
    )  # fmt: skip


def test_a_preview_fills_in_the_variables_names_every_effect_and_does_nothing(world: World, incident: Ticket):
    by, made, before = world.actor(world.agent), waiting(world), rows()
    plan = macros.plan(made, incident, by=by, at=NOON)
    assert plan.reply.text == "Hello Requester,\n\nwhich version of Remote access canary-acme?"
    assert plan.reply.cursor == len("Hello Requester,\n\n")
    assert plan.note.text == "Asked by Sofia Keller"
    assert [(one.kind, one.name, one.before, one.refused) for one in plan.effects] == [
        ("reply", "reply", "", ""), ("note", "note", "", ""), ("field", "priority", "P3", ""),
        ("assign", "assignee", "nobody", ""), ("verb", "hold", "", ""),
    ]  # fmt: skip
    assert rows() == before


def test_applying_does_all_of_it_once_and_counts_the_use(world: World, incident: Ticket):
    by, made = world.actor(world.agent), waiting(world)
    done = verbs.run(incident, "apply_macro", {"macro": made.pk}, by=by, at=NOON)
    assert (done.state, done.hold_kind, done.priority, done.assignee) == (
        "on_hold", "customer", 1, world.agent,
    )  # fmt: skip
    said = list(Message.objects.filter(ticket=done).order_by("id").values_list("kind", "body"))
    assert said[1:] == [
        ("note", "Asked by Sofia Keller"),
        ("reply", "Hello Requester,\n\nwhich version of Remote access canary-acme?"),
    ]
    names = list(Entry.objects.about("incident", done.pk).order_by("id").values_list("name", flat=True))
    assert names[-1] == "incident.macro_applied"
    assert MacroUse.objects.get(macro=made, service=world.acme.service).uses == 1


def test_a_reply_that_accepts_the_ticket_leaves_nothing_to_accept(world: World, incident: Ticket):
    made = macro(world, reply="On it", verb="accept")
    done = verbs.run(incident, "apply_macro", {"macro": made.pk}, by=world.actor(world.agent), at=NOON)
    assert (done.state, done.assignee) == ("in_progress", world.agent)


def test_a_part_that_is_refused_leaves_nothing_behind(world: World, incident: Ticket):
    made = macro(world, note="Closing", verb="close")
    before = rows()
    with pytest.raises(errors.NotAllowed):
        verbs.run(incident, "apply_macro", {"macro": made.name}, by=world.actor(world.agent), at=NOON)
    assert macros.plan(made, incident, by=world.actor(world.agent), at=NOON).effects[1].refused
    with pytest.raises(errors.Malformed):
        verbs.run(incident, "apply_macro", {"macro": "nothing"}, by=world.actor(world.agent), at=NOON)
    assert rows()[0] == before[0]


@pytest.mark.parametrize(
    "text", ["{{ user.password }}", "{% load x %}", "{{ requester.__class__ }}", "{{ ''|upper }}"]
)
def test_a_text_with_an_unknown_variable_is_refused_when_it_is_saved(world: World, text: str):
    before = Entry.objects.count()
    with pytest.raises(errors.Invalid) as refusal:
        actions.create_prepared(SavedText(name="x", body=text), by=SYSTEM, at=NOON)
    assert "body" in refusal.value.errors
    assert Entry.objects.count() == before


def test_what_is_put_in_is_never_read_again(world: World):
    ticket = report(world.acme, title="{{ agent.name }} {{ requester.email }}")
    made = macro(world, reply="About {{ ticket.title }}")
    plan = macros.plan(made, ticket, by=world.actor(world.agent), at=NOON)
    assert plan.reply.text == "About {{ agent.name }} {{ requester.email }}"


def test_ones_own_is_ones_own_and_a_teams_is_its_members(world: World, incident: Ticket):
    agent, lead = world.actor(world.agent), world.actor(world.lead)
    own = actions.create_prepared(Macro(name="Mine", note="x", user=world.agent), by=agent, at=NOON)
    team = macro(world, name="Ours", note="x", team=world.desk)
    assert [one.name for one in queries.macros_for(incident, agent)] == ["Mine", "Ours"]
    assert [one.name for one in queries.macros_for(incident, lead)] == ["Ours"]
    Membership.objects.filter(user=world.lead).delete()
    assert queries.macros_for(incident, world.actor(world.lead)) == []
    with pytest.raises(errors.Forbidden):
        actions.change_prepared(own, by=lead, at=NOON, fields={"note": "y"})
    with pytest.raises(errors.Forbidden):
        actions.change_prepared(team, by=agent, at=NOON, fields={"note": "y"})


def test_a_customers_macro_is_for_its_tickets_and_the_three_most_used_come_first(world: World):
    acme, beta = report(world.acme), report(world.beta)
    names = ["A", "B", "C", "D"]
    made = {name: macro(world, name=name, note="x") for name in names}
    macro(world, name="Beta's", note="x", customer=world.beta.customer)
    agent = world.actor(world.agent)
    for name in ("D", "D", "C"):
        verbs.run(acme, "apply_macro", {"macro": made[name].pk}, by=agent, at=NOON)
    assert [one.name for one in queries.macros_for(acme, agent)] == ["D", "C", "A", "B"]
    assert [one.name for one in queries.macros_for(beta, agent)] == ["A", "B", "Beta's", "C", "D"]
    assert [one.name for one in queries.macros_for(beta, agent, "beta")] == ["Beta's"]


def test_the_desk_lists_previews_and_counts(world: World, incident: Ticket, client):
    made = waiting(world)
    actions.create_prepared(SavedText(name="Hi", body="Hello {{ cursor }}!"), by=SYSTEM, at=NOON)
    sign_in(client, world.agent)
    address, json = f"/desk/tickets/{incident.number}/macros/", {"Accept": "application/json"}
    found = client.get(address, headers=json).json()
    assert [(one["name"], one["is_top"], one["owner"]) for one in found["macros"]] == [
        ("Ask for the version", False, "everybody")
    ]
    assert found["texts"][0] | {"id": 0} == {"id": 0, "name": "Hi", "text": "Hello !", "cursor": 6}
    shown = client.get(f"{address}{made.pk}/", headers=json).json()
    assert shown["fields"] == {
        "priority": 1, "priority_reason": "Macro “Ask for the version”", "assignee": world.agent.pk
    }  # fmt: skip
    assert shown["verb"] == {"verb": "hold", "label": "Hold", "values": {"reason": "with-customer"}}
    assert client.get(address).status_code == client.get(f"{address}{made.pk}/").status_code == 200
    assert client.post(shown["used_url"]).status_code == 204
    assert client.get(address, headers=json).json()["macros"][0]["is_top"] is True
    assert client.get(f"{address}99999/").status_code == 404


def test_programs_keep_macros_and_nobody_reads_anothers(world: World):
    lead, agent, asker = Caller(world.lead), Caller(world.agent), Caller(world.acme.requester)
    made = lead.post("macros/", {"name": "Take", "takes": True, "note": "Mine"})
    assert (made.status_code, made.json()["owner"]) == (201, "everybody"), made.content
    own = agent.post("macros/", {"name": "Take", "note": "x", "own": True}).json()
    refused(lead.get(f"macros/{own['id']}/"), 404, "not_found")
    refused(agent.patch(f"macros/{made.json()['id']}/", {"note": "y"}), 403, "forbidden")
    refused(lead.post("macros/", {"name": "Nothing"}), 422, "invalid")
    refused(lead.post("macros/", {"name": "V", "verb": "explode"}), 422, "invalid")
    refused(lead.patch(f"macros/{made.json()['id']}/", {"note": "z"}, if_match='"9"'), 412, "stale")
    assert asker.get("macros/").json()["results"] == []
