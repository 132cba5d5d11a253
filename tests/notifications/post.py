"""What tests of mail need: hand over what is owed, look at what was written, and a mail server that can fail."""

import datetime as dt
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from accounts import actors
from core import time
from journal import relay
from notifications import sending
from notifications.models import Message

# Deliveries are due from the database's own now(), which no test bends: what tests hand over, they do later than that.
LATER = dt.datetime(2040, 1, 2, 9, 0, tzinfo=dt.UTC)


def deliver(at: dt.datetime = LATER) -> list[Message]:
    """Hand everything owed to its readers; returns all messages, oldest first."""
    with time.frozen(at):
        while relay.work_off(actors.system("relay")):
            pass
    return list(Message.objects.order_by("id"))


def send(at: dt.datetime = LATER) -> int:
    """Send one batch. Returns how many were tried."""
    with time.frozen(at):
        return sending.work_off(actors.system("mail"))


def told(messages: list[Message]) -> list[tuple[str, str]]:
    """(recipient, first line) of each message."""
    return [(one.recipient, one.text.strip().splitlines()[0]) for one in messages]


class Server(BaseEmailBackend):
    """A mail server whose answers a test writes down beforehand: an exception to raise, or None to take the mail."""

    answers: list[Exception | None] = []
    took: list[Any] = []
    is_up = True

    @classmethod
    def reset(cls) -> None:
        cls.answers, cls.took, cls.is_up = [], [], True

    def open(self) -> None:
        if not self.is_up:
            raise ConnectionRefusedError(111, "Connection refused")

    def send_messages(self, email_messages: list[Any]) -> int:
        for message in email_messages:
            answer = self.answers.pop(0) if self.answers else None
            if isinstance(answer, smtplib.SMTPServerDisconnected):
                self.took.append(message.message())  # the worst case: taken, and then the line went dead
            if answer is not None:
                raise answer
            self.took.append(message.message())
        return len(email_messages)


def use_server() -> type[Server]:
    """Send through `Server` from now on; the fixture `server` puts the settings back."""
    settings.EMAIL_BACKEND = f"{Server.__module__}.Server"
    Server.reset()
    return Server
