"""The Celery door of the portal: ticks of the beat. A lost or doubled tick does no harm."""

from celery import shared_task

from core.actor import ALL
from customers import scoping
from incidents import guests
from portal import following, twin


@shared_task(name="portal.tasks.write_status")
def write_status() -> int:
    """Write the static twin of the public status pages. Returns how many."""
    return twin.write()


@shared_task(name="portal.tasks.tell_followers")
def tell_followers() -> int:
    """Send the published notices to who follows them by mail. Returns how many mails left."""
    return following.tell_followers()


@shared_task(name="portal.tasks.forget_guests")
def forget_guests() -> int:
    """Forget the guests' reports that nobody confirmed. Returns how many."""
    with scoping.scope(ALL) as here:
        return guests.drop_unconfirmed(here.at)
