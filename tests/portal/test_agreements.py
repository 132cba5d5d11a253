"""Agreements where the other side approves them: by its managers and the supplier's people alone, and told by mail."""

import datetime as dt

import pytest
from django.test import Client

from accounts import actors, suppliers
from accounts.models import Grant, User
from accounts.roles import Role
from approvals.models import Approval
from core import time
from core.actor import ALL
from customers import scoping
from journal import relay
from notifications.models import Message
from slas import actions, agreeing, standards
from slas.choices import AgreementKind
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement
from tests import agreed
from tests.places import NOON, SYSTEM

STEP = StepDraft(percent=75, notify=("incident_manager",))


def draft(town, **more) -> AgreementDraft:
    targets = [
        TargetDraft(metric="resolution", priority=1, seconds=14_400, steps=(STEP,), pauses_on=("customer",))
    ]
    own = {"customer": town.acme.customer, "name": "Gold", "targets": targets}
    hours = standards.calendar("Office hours", by=SYSTEM, at=NOON)
    return agreed.complete(AgreementDraft(**{**own, "calendar": hours, **more}))


@pytest.fixture
def offered(town) -> Agreement:
    with scoping.scope(ALL):
        row = actions.create_agreement(draft(town), by=SYSTEM, at=NOON)
        agreeing.offer(row, by=SYSTEM, at=NOON)
    return row


def standing(row: Agreement) -> tuple[str, list[str]]:
    with scoping.scope(ALL):
        row = Agreement.objects.get(pk=row.pk)
        return row.latest.state, sorted(
            Approval.objects.filter(subject_id=row.pk).values_list("verdict", flat=True)
        )


def answer(client: Client, at: str, verdict: str, comment: str = "") -> int:
    page = client.get(at)
    key = page.text.partition('name="form_key" value="')[2].partition('"')[0]
    form = {"form_key": key, "version": 1, "verdict": verdict, "comment": comment}
    return client.post(f"{at}answer/", form).status_code


def mails() -> list[tuple[str, str, str]]:
    with time.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)):
        relay.work_off(actors.system("tests"), limit=500)
    with scoping.scope(ALL):
        return list(Message.objects.order_by("id").values_list("address", "language", "subject"))


def test_a_manager_is_asked_reads_and_approves(town, offered, visitor):
    manager, at = visitor(town.acme.manager), f"/agreements/{offered.pk}/"
    assert "waits for your approval" in manager.get("/").text
    assert at in manager.get("/agreements/").text
    page = manager.get(at).text
    assert ("4 h" in page, "75 %" in page, "Incident manager" in page) == (True, False, False)
    assert answer(manager, at, "approved", "Good") == 302
    assert standing(offered) == ("offered", ["approved", "pending"])
    assert "waits for your approval" not in manager.get("/").text
    with scoping.scope(ALL):
        agreeing.decide(offered, side="provider", by=SYSTEM, at=NOON, is_approved=True)
    assert standing(offered)[0] == "agreed"


def test_the_last_approval_by_the_manager_puts_it_in_force(town, offered, visitor):
    with scoping.scope(ALL):
        agreeing.decide(offered, side="provider", by=SYSTEM, at=NOON, is_approved=True)
    assert answer(visitor(town.acme.manager), f"/agreements/{offered.pk}/", "approved") == 302
    assert standing(offered) == ("agreed", ["approved", "approved"])


def test_who_declines_has_to_say_why(town, offered, visitor):
    manager, at = visitor(town.acme.manager), f"/agreements/{offered.pk}/"
    assert answer(manager, at, "declined") == 422
    assert standing(offered) == ("offered", ["pending", "pending"])
    assert answer(manager, at, "declined", "Too slow") == 302
    assert standing(offered) == ("declined", ["declined", "void"])


def test_everybody_else_finds_nothing(town, offered, visitor):
    for who in (town.acme.requester, town.acme.colleague, town.beta.manager):
        client = visitor(who)
        assert client.get(f"/agreements/{offered.pk}/").status_code == 404
        assert client.post(f"/agreements/{offered.pk}/answer/", {"verdict": "approved"}).status_code == 404
        assert "Gold" not in client.get("/").text
    assert visitor(town.acme.requester).get("/agreements/").status_code == 404
    assert standing(offered) == ("offered", ["pending", "pending"])


def test_a_draft_stays_with_us_while_what_holds_is_read(town, visitor):
    with scoping.scope(ALL):
        row = agreed.agree(draft(town))
        actions.change_agreement(row, by=SYSTEM, at=NOON, fields={"scope": "Secret plan"})
    page = visitor(town.acme.manager).get(f"/agreements/{row.pk}/").text
    assert ("version 1" in page, "Secret plan" in page) == (True, False)


def test_the_suppliers_people_approve_their_contract(town, visitor):
    with scoping.scope(ALL):
        member = suppliers.create_member(
            "anna@lakeside.example", "Anna Lake", by=SYSTEM, at=NOON, organization=town.supplier, password="x" * 20
        )  # fmt: skip
        contract = draft(town, customer=None, kind=AgreementKind.UC, supplier=town.supplier, name="Lines",
                         scope="Leased lines", responsibilities="They repair")  # fmt: skip
        row = actions.create_agreement(contract, by=SYSTEM, at=NOON)
        agreeing.offer(row, by=SYSTEM, at=NOON)
        agreeing.decide(row, side="provider", by=SYSTEM, at=NOON, is_approved=True)
    client, at = visitor(User.objects.get(pk=member.pk)), f"/supplier/agreements/{row.pk}/"
    assert "Lines" in client.get("/supplier/agreements/").text
    assert answer(client, at, "approved") == 302
    assert standing(row) == ("agreed", ["approved", "approved"])
    assert visitor(town.acme.manager).get(at).status_code == 404
    assert visitor(town.acme.manager).get(f"/agreements/{row.pk}/").status_code == 404


def test_managers_are_told_of_an_offer_and_level_managers_of_the_answer(town, offered, visitor):
    with scoping.scope(ALL):
        Grant.objects.create(user=town.agent, role=Role.SERVICE_LEVEL_MANAGER, customer=None)
        User.objects.filter(pk=town.acme.manager.user_id).update(language="de")
    assert mails() == [(town.acme.manager.user.email, "de", "Zu Ihrer Zustimmung: Gold")]
    assert answer(visitor(town.acme.manager), f"/agreements/{offered.pk}/", "approved") == 302
    assert mails()[1:] == [(town.agent.email, "en", "Agreement “Gold”")]
