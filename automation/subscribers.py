"""What this room does when a ticket is opened: decide where it goes."""

from automation import routing
from tickets import events


def opened(event: events.Opened) -> None:
    """Place the new ticket, in the transaction of its opening."""
    routing.place(event.subject, text=event.opening.body if event.opening else "", at=event.at)
