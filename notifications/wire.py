"""The connection to the mail server, and what its failures mean for the mail in hand."""

import smtplib

from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.errors import NotSentError, RefusedError, ServerGoneError, UncertainError

PERMANENT = 500


class Wire:
    """One connection, opened when first needed and kept while it works."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self._gone: ServerGoneError | None = None

    def open(self) -> None:
        """Make sure that somebody listens. Raises ServerGoneError, and remembers it: nobody waits twice for it."""
        if self._gone is not None:
            raise self._gone
        if self._backend is not None:
            return
        backend = mail.get_connection()
        try:
            backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self._gone = ServerGoneError(f"The mail server does not answer: {error}")
            raise self._gone from error
        self._backend = backend

    def hand_over(self, packed: EmailMessage) -> None:
        """Send one mail over the open connection. Raises NotSentError, RefusedError, UncertainError."""
        try:
            self._backend.send_messages([packed])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise self._judge(code, answer) from error
        except smtplib.SMTPResponseException as error:
            raise self._judge(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise UncertainError(f"The connection broke while it was being sent: {error}") from error
        except ValueError as error:  # a line break in an address: Django refuses to write such a header
            raise RefusedError(f"This mail cannot be written: {error}") from error

    def close(self) -> None:
        """Let go of the server; the next mail opens anew."""
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def _judge(self, code: int, answer: bytes | str) -> NotSentError | RefusedError:
        self.close()
        words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        kind = RefusedError if code >= PERMANENT else NotSentError
        return kind(f"The mail server answered {code}: {words}")
