"""The permission matrix as data: who may do what to an incident; a denial also proves that nothing was written."""

import pytest
from django.db import transaction

from accounts import suppliers
from automation import actions as automation
from automation.models import Macro
from core import errors
from incidents import actions
from incidents.models import TopManager
from journal.models import Delivery, Entry
from tests.incidents.major import do, name_top_management
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs
from tickets.models import Message, Ticket

VERBS = {
    "accept": ("new", {}),
    "assign": ("new", {"assignee": "agent@calder.example"}),
    "hold": ("in_progress", {"reason": "with-customer", "message": "Which version?"}),
    "resume": ("on_hold", {}),
    "reply": ("in_progress", {"body": "Hello"}),
    "note": ("in_progress", {"body": "Hidden"}),
    "resolve": ("in_progress", {"code": "fixed", "note": "Done"}),
    "close": ("resolved", {}),
    "reopen": ("resolved", {}),
    "cancel": ("in_progress", {"reason": "Mistake"}),
    "hand_over": ("in_progress", {"supplier": "Lakeside Telecom", "message": "Look at the line"}),
    "take_back": ("handed_over", {"reason": "We do it ourselves"}),
    "accept_handover": ("handed_over", {"their_reference": "77-1"}),
    "ask_back": ("handed_over", {"body": "Which socket?"}),
    "hand_back": ("handed_over", {"body": "Spliced"}),
    "restrict": ("in_progress", {"reason": "Security"}),
    "lift_restriction": ("restricted", {"reason": "It is public"}),
    "apply_macro": ("in_progress", {"macro": "Seen"}),
    "add_task": ("in_progress", {"title": "Order a cable"}),
    "log_time": ("in_progress", {"seconds": 600}),
    "declare_major": ("watched", {}),
    "withdraw_major": ("major", {"reason": "One user only"}),
    "post_update": ("major", {"public": "A line is cut."}),
    "give_roles": ("major", {"lead": "lead@calder.example"}),
    "record_decision": ("major", {"text": "Reroute"}),
    "report_major": ("major", {"report": "Line cut at noon."}),
    "review_major": ("reported", {"findings": "One line only"}),
    "verify_caller": ("in_progress", {"method": "call_back"}),
    "send_code": ("in_progress", {}),
    "escalate": ("in_progress", {"kind": "hierarchical", "to": "team_lead", "reason": "It drags on"}),
    "merge": ("in_progress", {"into": "other"}),
    "unmerge": ("merged", {}),
    "split": ("in_progress", {"messages": "opening"}),
    "move_to_customer": ("in_progress", {"customer": "beta", "messages": "opening"}),
    "follow_up": ("closed", {"message": "It is back"}),
}
MAJOR = ("watched", "major", "reported")
THEIRS = {"accept_handover", "ask_back", "hand_back"}  # a supplier's alone
OURS = {*VERBS} - THEIRS
OWN = {"resume", "reply", "close", "reopen", "cancel", "follow_up"}  # what a requester may do to his own
WHO = {
    "agent": OURS,
    "lead": OURS,
    "acme_agent": OURS - {"move_to_customer"},  # he sees one customer alone
    "acme_requester": OWN,
    "acme_manager": OWN,
    "acme_colleague": set(),
    "beta_requester": set(),
    "beta_manager": set(),
    "beta_agent": set(),
    "auditor": set(),
    "administrator": set(),
    "telecom": {*THEIRS},
}

BLIND = {("acme_agent", "move_to_customer")}  # the other customer does not exist for him


def actor_named(world: World, name: str):
    if name == "telecom":
        email = "anna@lakeside.example"
        return world.actor(
            suppliers.create_member(email, "Anna", by=SYSTEM, at=NOON, organization=world.supplier)
        )
    side, _, role = name.partition("_")
    return world.actor(getattr(getattr(world, side), role) if role else getattr(world, side))


def in_state(world: World, state: str) -> Ticket:
    """An incident of Acme, brought to this state by an agent's actions."""
    ticket, agent = report(world.acme), world.actor(world.agent)
    if not Macro.objects.filter(name="Seen").exists():
        automation.create_prepared(Macro(name="Seen", note="Seen by {{ agent.name }}"), by=SYSTEM, at=NOON)
    if state == "new":
        return ticket
    if state in MAJOR:
        return major_in(world, ticket, state)
    ticket = actions.accept(ticket, by=agent, at=NOON)
    listed = {"reason": "Security", "members": [world.lead.email, world.acme.agent.email]}
    steps = {
        "on_hold": ("hold", VERBS["hold"][1]),
        "resolved": ("resolve", VERBS["resolve"][1]),
        "restricted": ("restrict", listed),
        "handed_over": ("hand_over", VERBS["hand_over"][1]),
    }
    if state == "merged":
        return verbs.run(ticket, "merge", {"into": report(world.acme).number}, by=agent, at=NOON)
    if state == "closed":
        return actions.close(in_state(world, "resolved"), by=agent, at=NOON)
    return verbs.run(ticket, *steps[state], by=agent, at=NOON) if state in steps else ticket


def major_in(world: World, ticket: Ticket, state: str) -> Ticket:
    """The incident with somebody to tell of it (watched), as a major one, or as one with its report."""
    if not TopManager.objects.exists():
        name_top_management(world)
    if state == "watched":
        return ticket
    ticket = do(world, ticket, "declare_major")
    if state == "reported":
        do(world, ticket, "report_major", report="Line cut at noon.")
        ticket = do(world, ticket, "resolve", code="fixed", note="Rerouted.")
    return ticket


def filled(raw: dict, ticket: Ticket) -> dict:
    """The same input with what only this world knows: another ticket of its customer, its own first message."""
    found = dict(raw)
    if found.get("into") == "other":
        stays = Ticket.objects.get(customer_id=ticket.customer_id, title="The one that stays")
        found["into"] = stays.number
    if found.get("messages") == "opening":
        found["messages"] = [Message.objects.get(ticket=ticket, kind="opening").pk]
    return found


def written() -> tuple:
    return (
        Entry.objects.count(),
        Delivery.objects.count(),
        Message.objects.count(),
        list(Ticket.objects.order_by("id").values_list("id", "version", "state", "updated_at")),
    )


@pytest.mark.parametrize("who", WHO)
def test_who_may_do_what_to_an_incident_of_acme(world: World, who: str):
    wrong = [verb for verb in VERBS if not is_as_said(world, who, verb)]
    assert wrong == []


def is_as_said(world: World, who: str, verb: str) -> bool:
    """Whether the verb does what the matrix says: something that leaves an entry, or a denial that leaves nothing."""
    state, raw = VERBS[verb]
    with transaction.atomic():
        ticket = in_state(world, state)
        report(world.acme, title="The one that stays")
        raw = filled(raw, ticket)
        by, before = actor_named(world, who), written()
        try:
            verbs.run(ticket, verb, raw, by=by, at=NOON)
            found = verb in WHO[who] and Entry.objects.count() > before[0]
        except (errors.Forbidden, errors.Malformed) as refusal:
            is_blind = isinstance(refusal, errors.Malformed)
            is_denied = verb not in WHO[who] and is_blind == ((who, verb) in BLIND)
            found = is_denied and written() == before
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("who", ["acme_colleague", "beta_requester", "beta_manager", "beta_agent"])
def test_who_may_not_see_it_finds_nothing(world: World, who: str):
    ticket = report(world.acme)
    assert not Ticket.objects.visible_to(actor_named(world, who)).filter(pk=ticket.pk).exists()


@pytest.mark.parametrize(
    "who", ["agent", "lead", "auditor", "administrator", "acme_agent", "acme_requester", "acme_manager"]
)
def test_who_may_see_it_finds_it(world: World, who: str):
    ticket = report(world.acme)
    assert Ticket.objects.visible_to(actor_named(world, who)).filter(pk=ticket.pk).exists()
