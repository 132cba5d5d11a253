"""Mail into a folder, one file per message, for installations without a mail server: `.local/outbox/message-17.eml`."""

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.errors import NotSentError


class FolderBackend(BaseEmailBackend):
    """Writes whole files or none. The name comes from the Message-ID, so that a second copy falls on the first."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message. Raises NotSentError (folder missing or full)."""
        folder = Path(settings.EMAIL_FILE_PATH)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for message in email_messages:
                _write(folder, message)
        except OSError as error:
            raise NotSentError(f"{folder} cannot be written: {error.strerror}") from error
        return len(email_messages)


def _write(folder: Path, message: EmailMessage) -> None:
    parsed = message.message()
    local_part = str(parsed["Message-ID"]).strip("<>").split("@", maxsplit=1)[0]
    name = re.sub(r"[^A-Za-z0-9._-]", "-", local_part)[:120]
    handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".unfinished-")
    with os.fdopen(handle, "wb") as file:
        file.write(parsed.as_bytes())
    Path(unfinished).replace(folder / f"{name}.eml")
