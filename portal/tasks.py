"""The Celery door of the portal: ticks of the beat. A lost or doubled tick does no harm."""

from celery import shared_task

from portal import following, twin


@shared_task(name="portal.tasks.write_status")
def write_status() -> int:
    """Write the static twin of the public status pages. Returns how many."""
    return twin.write()


@shared_task(name="portal.tasks.tell_followers")
def tell_followers() -> int:
    """Send the published notices to who follows them by mail. Returns how many mails left."""
    return following.tell_followers()
