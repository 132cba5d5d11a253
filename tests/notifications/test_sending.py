"""A mail leaves once: also when the server is down, refuses, breaks off, or the worker dies in between."""

import datetime as dt
import email
import smtplib
import threading
import uuid
from email import policy
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts import actors
from core import errors, time
from core.actor import ALL
from customers import scoping
from journal import relay
from journal.models import Entry
from notifications import actions, queries, sending
from notifications.models import Message
from tests.notifications.post import LATER, deliver, send
from tests.places import NOON, SYSTEM, World, build_world, report
from tickets import actions as common
from tickets.models import Ticket

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def mail(incident: Ticket) -> Message:
    """The receipt of one incident, to be sent."""
    return deliver()[0]


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_a_mail_is_written_into_the_outbox_as_one_whole_file(mail: Message):
    settings.EMAIL_BACKEND, before = "notifications.outbox.FolderBackend", settings.EMAIL_BACKEND
    try:
        assert send() == 1
    finally:
        settings.EMAIL_BACKEND = before
    assert (fresh(mail).state, fresh(mail).sent_at, fresh(mail).attempts) == ("sent", LATER, 1)
    (file,) = Path(settings.EMAIL_FILE_PATH).glob(f"message-{mail.pk}.eml")
    parsed = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert parsed["To"].addresses[0].addr_spec == "requester@acme.example"
    assert parsed["Message-ID"] == f"<message-{mail.pk}@localhost>"
    assert parsed["References"] == parsed["In-Reply-To"] == f"<{mail.topic}@localhost>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]


def test_what_was_sent_is_not_sent_again(mail: Message, server):
    assert (send(), send()) == (1, 0)
    assert len(server.took) == 1


def test_with_the_server_down_it_waits_longer_each_time_and_then_gives_up(mail: Message, server):
    server.is_up = False
    at, waits = LATER, []
    for _try in range(8):
        assert send(at) == 1
        waits.append(int((fresh(mail).available_at - at).total_seconds()))
        assert send(at) == 0
        at = fresh(mail).available_at
    assert waits == [15, 60, 300, 1800, 7200, 21600, 86400, 86400]
    assert fresh(mail).state == "dead"
    assert "does not answer" in fresh(mail).last_error
    assert server.took == []


def test_a_refusal_for_good_is_given_up_at_once_with_the_servers_words(mail: Message, server):
    server.answers = [smtplib.SMTPRecipientsRefused({mail.address: (550, b"No such user")})]
    send()
    assert (fresh(mail).state, fresh(mail).last_error) == (
        "dead",
        "The mail server answered 550: No such user",
    )


def test_a_refusal_for_now_is_tried_again(mail: Message, server):
    server.answers = [smtplib.SMTPDataError(451, b"Try later")]
    send()
    assert fresh(mail).state == "queued"
    send(LATER + MINUTE)
    assert (fresh(mail).state, len(server.took)) == ("sent", 1)


def test_a_line_that_breaks_makes_it_uncertain_and_it_is_sent_once_more_under_the_same_id(
    mail: Message, server
):
    server.answers = [smtplib.SMTPServerDisconnected("gone"), smtplib.SMTPServerDisconnected("gone")]
    send()
    assert fresh(mail).state == "uncertain"
    send(LATER + MINUTE)
    assert fresh(mail).state == "dead"
    send(LATER + 60 * MINUTE)
    assert [one["Message-ID"] for one in server.took] == [f"<message-{mail.pk}@localhost>"] * 2


def test_a_worker_that_dies_while_sending_leaves_it_uncertain_and_it_is_sent_once_more(mail: Message, server):
    with time.frozen(LATER):
        ((message_id, token),) = sending.claim(actors.system("mail"))
        sending._begin(actors.system("mail"), message_id, token)
    assert (fresh(mail).state, send(LATER + MINUTE)) == ("sending", 0)
    assert send(LATER + 3 * MINUTE) == 1
    assert (fresh(mail).state, fresh(mail).attempts, len(server.took)) == ("sent", 2, 1)


def test_a_worker_that_dies_twice_while_sending_gives_it_up_for_a_human_to_look(mail: Message, server):
    for start in (LATER, LATER + 3 * MINUTE):
        with time.frozen(start):
            ((message_id, token),) = sending.claim(actors.system("mail"))
            sending._begin(actors.system("mail"), message_id, token)
    assert send(LATER + 6 * MINUTE) == 0
    assert (fresh(mail).state, len(server.took)) == ("dead", 0)
    assert "Interrupted twice" in fresh(mail).last_error


def test_a_worker_that_wakes_up_late_cannot_finish_what_was_taken_over(mail: Message, server):
    with time.frozen(LATER):
        ((message_id, token),) = sending.claim(actors.system("mail"))
    assert send(LATER + 3 * MINUTE) == 1
    assert sending._begin(actors.system("mail"), message_id, token) is None
    assert len(server.took) == 1


def test_of_one_thread_the_older_mail_goes_first(world: World, incident: Ticket, mail: Message, server):
    common.reply(incident, by=world.actor(world.agent), at=NOON + MINUTE, body="We are on it.")
    deliver()
    server.answers = [smtplib.SMTPDataError(451, b"Try later")]
    assert [send(), send()] == [1, 0]
    assert [send(LATER + MINUTE), send(LATER + MINUTE)] == [1, 1]
    assert [one["Message-ID"] for one in server.took] == [
        f"<message-{one.pk}@localhost>" for one in Message.objects.order_by("id")
    ]


def test_given_up_mail_is_retried_by_who_may(world: World, mail: Message, server):
    server.answers = [smtplib.SMTPRecipientsRefused({mail.address: (550, b"No")})]
    send()
    with pytest.raises(errors.Forbidden):
        actions.retry(mail, by=world.actor(world.auditor), at=LATER)
    assert fresh(mail).state == "dead"
    actions.retry(mail, by=world.actor(world.administrator), at=LATER)
    assert (fresh(mail).state, fresh(mail).attempts) == ("queued", 0)
    assert send() == 1
    assert fresh(mail).state == "sent"
    with pytest.raises(errors.NotAllowed):
        actions.retry(mail, by=world.actor(world.administrator), at=LATER)
    assert Entry.objects.filter(name="message.retried").count() == 1


def test_mail_is_read_by_administrators_only(world: World, mail: Message):
    assert [one.pk for one in queries.mails(world.actor(world.administrator))] == [mail.pk]
    assert queries.get_mail(world.actor(world.administrator), mail.pk).text == mail.text
    assert list(queries.mails(world.actor(world.administrator), words="nobody@acme.example")) == []
    assert [one.pk for one in queries.mails(world.actor(world.administrator), words=mail.topic.lower())] == [
        mail.pk
    ]
    for other in (world.agent, world.auditor, world.acme.agent, world.acme.requester):
        with pytest.raises(errors.Forbidden):
            queries.mails(world.actor(other))
    with pytest.raises(errors.NotFound):
        queries.get_mail(world.actor(world.administrator), mail.pk + 1)


def test_two_workers_at_once_send_each_mail_once(committing_db: str, server):
    with time.frozen(NOON), scoping.scope(ALL):
        world = build_world()
        for _one in range(30):
            report(world.acme)
    with time.frozen(LATER):
        while relay.work_off(SYSTEM):
            pass
    threads = [threading.Thread(target=_work) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scoping.scope(ALL):
        assert list(Message.objects.values_list("state", "attempts").distinct()) == [("sent", 1)]
    ids = [one["Message-ID"] for one in server.took]
    assert (len(ids), len(set(ids))) == (30, 30)


def _work() -> None:
    with time.frozen(LATER):
        while sending.work_off(SYSTEM, limit=7):
            pass
    connection.close()


def test_a_token_of_nobody_changes_nothing(mail: Message):
    sending._finish(actors.system("mail"), mail.pk, uuid.uuid4(), state="sent")
    assert fresh(mail).state == "queued"
