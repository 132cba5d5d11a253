"""After closing: one question, one press from the mail, a low score told to the lead, and nobody else's link."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client

from accounts import actors, portal_actions
from accounts.models import Membership, Portal
from core import time
from core.actor import ALL
from customers import scoping
from journal import relay
from journal.models import Entry
from notifications.models import Message as Mail
from tests.places import NOON, SYSTEM, report
from tickets import surveys
from tickets.models import Answer, Survey, Ticket


@pytest.fixture
def finished(town, by_desk):
    """Close an incident as its requester confirms it."""

    def close(side=None) -> Ticket:
        with scoping.scope(ALL):
            ticket = report(side or town.acme)
        ticket = by_desk(ticket, "resolve", code="fixed", note="Done.")
        return by_desk(ticket, "close")

    return close


def link_of(ticket) -> str:
    with scoping.scope(ALL):
        return f"/survey/{surveys.token_of(Answer.objects.get(ticket=ticket))}/"


def score_of(ticket) -> tuple:
    with scoping.scope(ALL):
        row = Answer.objects.get(ticket=ticket)
        return row.score, row.comment


def mails(past: str) -> list[Mail]:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)  # deliveries are due by the database's clock
    with time.frozen(later):
        relay.work_off(actors.system("tests"), limit=500)
    with scoping.scope(ALL):
        return list(Mail.objects.filter(entry__name=f"incident.{past}").order_by("id"))


def test_the_mails_link_chooses_and_only_the_button_answers(town, finished, visitor):
    ticket = finished()
    link = re.search(r"https?://[^/\s]+(/survey/\S+score=4)", mails("closed")[0].text)[1]
    page = Client().get(link).content.decode()
    assert re.search(r'value="4"[^>]*checked', page)
    assert score_of(ticket) == (None, "")
    assert "How was it?" in visitor(town.acme.requester).get("/").content.decode()
    assert "How was it?" not in visitor(town.acme.colleague).get("/").content.decode()
    assert (
        "Your answer has arrived."
        in Client().post(link, {"score": "5", "comment": "Quick!"}).content.decode()
    )
    assert score_of(ticket) == (5, "Quick!")
    assert "answered already" in Client().post(link, {"score": "1"}).content.decode()
    assert score_of(ticket) == (5, "Quick!")
    assert mails("rated") == []
    assert "How was it?" not in visitor(town.acme.requester).get("/").content.decode()


def test_a_low_score_is_told_to_the_teams_lead_with_the_words(town, finished):
    ticket = finished()
    with scoping.scope(ALL):
        Membership.objects.filter(user=town.lead).update(is_lead=True)
    Client().post(link_of(ticket), {"score": "2", "comment": "Nobody called back."})
    (told,) = mails("rated")
    assert told.address == "lead@calder.example"
    assert "Nobody called back." in told.text


def test_a_made_up_or_changed_link_opens_nothing(town, finished):
    mine, other = finished(), finished(town.beta)
    token = link_of(mine)
    for link in ("/survey/1/", "/survey/1.abc/", token.replace(f"/{mine.pk}.", f"/{other.pk}.")):
        assert Client().get(link).status_code == 404
        assert Client().post(link, {"score": "1"}).status_code == 404
    assert score_of(other) == (None, "")
    assert Client().post(token, {"score": "9"}).status_code == 422
    with scoping.scope(ALL):
        assert Entry.objects.filter(name="incident.rated").count() == 0


def test_a_customer_may_ask_its_own_question_or_none(town, finished):
    with scoping.scope(ALL):
        own = Survey(customer=town.acme.customer, question="Were we quick?")
        surveys.create_survey(own, by=SYSTEM, at=NOON)
        portal_actions.create_portal(
            Portal(customer=town.beta.customer, has_survey=False), by=SYSTEM, at=NOON
        )
    assert "Were we quick?" in Client().get(link_of(finished())).content.decode()
    finished(town.beta)
    with scoping.scope(ALL):
        assert Answer.objects.filter(customer=town.beta.customer).count() == 0


def test_the_answer_is_read_by_the_desk_and_its_requester_over_rest(town, finished, visitor):
    ticket = finished()
    Client().post(link_of(ticket), {"score": "5"})
    path = f"/api/v1/tickets/{ticket.number}/survey/"
    assert visitor(town.agent).get(path).json()["score"] == 5
    assert visitor(town.acme.requester).get(path).json()["score"] == 5
    assert visitor(town.acme.colleague).get(path).status_code == 404
    assert visitor(town.beta.manager).get(path).status_code == 404
    assert len(mail.outbox) == 0
