"""Caller verification: who is asked for it, each method, codes that run out, and what is on record."""

import datetime as dt

import pytest
from django.test import Client

from catalogue.models import Category
from core import errors, time
from incidents import actions as incidents
from journal import relay
from journal.models import Entry
from notifications.models import Message
from tests.api.callers import Caller
from tests.desk.hands import send, sign_in
from tests.places import NOON, SYSTEM, World
from tickets import actions, verbs, verification
from tickets.models import CallerVerification, Ticket, VerificationCode


@pytest.fixture
def asked(world: World, incident: Ticket) -> Ticket:
    """An incident whose category lies below one that asks for a verified caller."""
    Category.objects.filter(pk=world.category.pk).update(asks_verification=True)
    below = Category.objects.create(slug="vpn", name="VPN", parent=world.category)
    return actions.change(incident, by=world.actor(world.agent), at=NOON, fields={"category": below})


def past(ticket: Ticket) -> str:
    return Entry.objects.about(ticket.kind, ticket.pk).order_by("-id")[0].name.partition(".")[2]


@pytest.mark.parametrize("method", ["call_back", "manager", "in_person"])
def test_what_asks_for_it_is_not_resolved_before(world: World, asked: Ticket, method: str):
    by = world.actor(world.agent)
    with pytest.raises(errors.Invalid, match="verify the caller: its category “VPN” asks for it"):
        incidents.resolve(asked, by=by, at=NOON, code="fixed", note="Done")
    verbs.run(asked, "verify_caller", {"method": method}, by=by, at=NOON)
    assert past(asked) == "caller_verified"
    assert incidents.resolve(asked, by=by, at=NOON, code="fixed", note="Done").state == "resolved"


def test_another_requester_must_be_verified_anew(world: World, asked: Ticket):
    by = world.actor(world.agent)
    verbs.run(asked, "verify_caller", {"method": "in_person"}, by=by, at=NOON)
    moved = actions.change(asked, by=by, at=NOON, fields={"requester": world.acme.colleague})
    assert verification.is_verified(moved) is not None


def test_a_code_is_mailed_and_works_once_within_ten_minutes(world: World, incident: Ticket):
    by = world.actor(world.agent)
    verbs.run(incident, "send_code", {}, by=by, at=NOON)
    code = verification.code_of(VerificationCode.objects.get())
    assert code not in str(list(Entry.objects.values_list("data", flat=True)))
    with time.frozen(NOON + dt.timedelta(minutes=1)):
        relay.work_off(SYSTEM, limit=100)
    raw = {"method": "code", "code": f"{code[:3]} {code[3:]}"}
    verbs.run(incident, "verify_caller", raw, by=by, at=NOON + dt.timedelta(minutes=2))
    assert CallerVerification.objects.get().method == "code"
    with pytest.raises(errors.Invalid, match="No code works any more"):
        verbs.run(incident, "verify_caller", raw, by=by, at=NOON + dt.timedelta(minutes=3))


def test_a_code_that_is_old_or_tried_five_times_works_no_more(world: World, incident: Ticket):
    by = world.actor(world.agent)
    verbs.run(incident, "send_code", {}, by=by, at=NOON)
    raw = {"method": "code", "code": verification.code_of(VerificationCode.objects.get())}
    with pytest.raises(errors.Invalid, match="No code works any more"):
        verbs.run(incident, "verify_caller", raw, by=by, at=NOON + dt.timedelta(minutes=10))
    for _try in range(5):
        verbs.run(incident, "verify_caller", {"method": "code", "code": "x"}, by=by, at=NOON)
        assert past(incident) == "caller_not_verified"
    with pytest.raises(errors.Invalid, match="No code works any more"):
        verbs.run(incident, "verify_caller", raw, by=by, at=NOON)
    assert not CallerVerification.objects.exists()


def test_the_page_says_that_a_code_was_wrong_and_counts_the_try(world, incident: Ticket, client: Client):
    sign_in(client, world.agent)
    base = f"/desk/tickets/{incident.number}/do/"
    assert client.post(f"{base}send_code/").status_code == 302
    path = f"{base}verify_caller/"
    done = send(client, client.get(path), path, method="code", code="000000x")
    assert "That code is wrong" in client.get(done.headers["Location"]).text
    assert VerificationCode.objects.get().tries == 1


def test_the_mail_holds_the_code_and_a_late_delivery_sends_none(world: World, incident: Ticket):
    verbs.run(incident, "send_code", {}, by=world.actor(world.agent), at=dt.datetime.now(dt.UTC))
    code = verification.code_of(VerificationCode.objects.get())
    with time.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)):
        relay.work_off(SYSTEM, limit=100)
    assert Message.objects.filter(text__contains=code).count() == 1


def test_programs_of_the_desk_read_who_was_verified_and_customers_none(world: World, incident: Ticket):
    agent = {"by": world.actor(world.agent), "at": NOON}
    verbs.run(incident, "verify_caller", {"method": "call_back", "note": "On the known number"}, **agent)
    at = f"tickets/{incident.number}/verifications/"
    (found,) = Caller(world.agent).get(at).json()["results"]
    assert (found["method"], found["note"], found["by"]) == (
        "call_back",
        "On the known number",
        str(world.agent),
    )
    assert found["person"]["key"] == incident.requester_id
    assert Caller(world.acme.manager).get(at).json()["results"] == []
