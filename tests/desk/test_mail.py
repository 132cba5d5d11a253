"""Mail and deliveries: what left, what was given up, and another try; for who may, and nobody else."""

import pytest
from django.test import Client

from journal.models import Delivery, DeliveryState, Entry
from notifications.choices import State
from notifications.models import Message
from tests.desk.hands import send, sign_in
from tests.places import World
from tickets.models import Ticket


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    return sign_in(client, world.administrator)


@pytest.fixture
def mail(incident: Ticket) -> Message:
    """A mail about the incident that was given up."""
    entry = Entry.objects.get(subject_id=incident.pk, subject_kind="incident")
    return Message.objects.create(
        customer=incident.customer, entry=entry, topic=incident.number, recipient="requester@acme.example",
        address="requester@acme.example", subject="We have your report", text="Thank you.\n\nWe are on it.",
        state=State.DEAD, attempts=7, last_error="The mail server refused it.",
    )  # fmt: skip


def test_mail_is_listed_read_and_sent_again(administrator: Client, mail: Message) -> None:
    page = administrator.get(f"/desk/mail/?state=dead&q={mail.topic}")
    assert mail.subject in page.text
    assert "No mail is here" in administrator.get("/desk/mail/?state=sent").text
    page = administrator.get(f"/desk/mail/{mail.pk}/")
    assert "We are on it." in page.text
    assert "The mail server refused it." in page.text
    assert send(administrator, page, f"/desk/mail/{mail.pk}/retry/").status_code == 302
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.QUEUED, 0)
    again = administrator.post(f"/desk/mail/{mail.pk}/retry/")
    assert again.status_code == 409


def test_a_dead_delivery_is_seen_and_taken_up_again(administrator: Client, incident: Ticket) -> None:
    one = Delivery.objects.order_by("id")[0]
    assert "Nothing was given up" in administrator.get("/desk/deliveries/").text
    Delivery.objects.filter(pk=one.pk).update(
        state=DeliveryState.DEAD, attempts=8, last_error="ValueError: no"
    )
    page = administrator.get("/desk/deliveries/")
    assert "ValueError: no" in page.text
    assert send(administrator, page, f"/desk/deliveries/{one.pk}/retry/").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.attempts) == (DeliveryState.OPEN, 0)


def test_an_agent_reads_no_mail_and_retries_nothing(
    world: World, client: Client, mail: Message, incident: Ticket
) -> None:
    agent = sign_in(client, world.agent)
    one = Delivery.objects.order_by("id")[0]
    Delivery.objects.filter(pk=one.pk).update(state=DeliveryState.DEAD)
    for path in ("/desk/mail/", f"/desk/mail/{mail.pk}/", "/desk/deliveries/"):
        assert agent.get(path).status_code == 403
    for path in (f"/desk/mail/{mail.pk}/retry/", f"/desk/deliveries/{one.pk}/retry/"):
        assert agent.post(path).status_code == 403
    mail.refresh_from_db()
    one.refresh_from_db()
    assert (mail.state, one.state) == (State.DEAD, DeliveryState.DEAD)
