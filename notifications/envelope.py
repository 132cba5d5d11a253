"""From a row to a mail: the headers that machines read."""

import re
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications import links
from notifications.models import Message


def message_id(message: Message) -> str:
    """The same for every try, so that a mail system can drop a second copy."""
    return f"<message-{message.pk}@{links.host()}>"


def thread_id(message: Message) -> str:
    """What all mails about one record refer to: they form one thread, and an answer finds its way back."""
    return f"<{re.sub(r'[^A-Za-z0-9.-]', '-', message.topic)}@{links.host()}>"


def pack(message: Message) -> EmailMultiAlternatives:
    """The mail: plain text, with simple HTML beside it. Raises ValueError for an address with a line break."""
    packed = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((message.name, message.address))],
        headers={
            "Message-ID": message_id(message),
            "In-Reply-To": thread_id(message),
            "References": thread_id(message),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no vacation notice answers this
            "X-Auto-Response-Suppress": "All",
            "Content-Language": message.language,
        },
    )
    if message.html:
        packed.attach_alternative(message.html, "text/html")
    return packed
