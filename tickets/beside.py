"""What hangs beside a ticket, in one statement: most tickets have little of it, and what is not there is not read.

Written out, because put together anew for each page these fourteen reads cost more than the database takes for them.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from core.actor import Actor
from tickets import handovers
from tickets.models import Ticket

_OWN = "customer_id = %(customer)s AND ticket_id = %(ticket)s"
_READ = f"""
SELECT (SELECT count(*) FROM tickets_tickettask WHERE {_OWN} AND state = 'open'),
       (SELECT count(*) FROM tickets_tickettask WHERE {_OWN}),
       (SELECT coalesce(sum(e.seconds), 0) FROM tickets_timeentry e WHERE {_OWN}
           AND NOT EXISTS (SELECT 1 FROM tickets_timeentry n WHERE n.supersedes_id = e.id)),
       (SELECT count(*) FROM tickets_customfield
         WHERE (customer_id IS NULL OR customer_id = %(customer)s) AND kind = %(kind)s AND is_active),
       (SELECT at FROM tickets_ticketread WHERE {_OWN} AND user_id = %(user)s),
       EXISTS (SELECT 1 FROM tickets_merge
                WHERE customer_id = %(customer)s AND into_id = %(ticket)s AND undone_at IS NULL),
       EXISTS (SELECT 1 FROM tickets_attachment WHERE {_OWN}),
       EXISTS (SELECT 1 FROM tickets_link WHERE {_OWN})
           OR EXISTS (SELECT 1 FROM tickets_link
                       WHERE other_customer_id = %(customer)s AND other_id = %(ticket)s),
       EXISTS (SELECT 1 FROM tickets_handover WHERE {_OWN} AND to_at IS NULL),
       EXISTS (SELECT 1 FROM tickets_affecteditem WHERE {_OWN}),
       EXISTS (SELECT 1 FROM tickets_watcher WHERE {_OWN}),
       EXISTS (SELECT 1 FROM tickets_participant WHERE {_OWN}),
       EXISTS (SELECT 1 FROM tickets_pendingsend WHERE {_OWN} AND author_id = %(user)s),
       EXISTS (SELECT 1 FROM tickets_draft WHERE caller = %(caller)s AND place = %(number)s)
"""  # noqa: S608


@dataclass(frozen=True)
class Beside:
    """What a ticket's page knows before it looks closer: tasks that are open, all tasks, seconds of time, how many
    custom fields may apply, until when the reader has read it; and what there is any of. `has_pending` and
    `has_draft` are the reader's own."""

    open_tasks: int
    tasks: int
    seconds: int
    fields: int
    read_at: dt.datetime | None
    has_duplicates: bool
    has_files: bool
    has_links: bool
    has_handover: bool
    has_items: bool
    has_watchers: bool
    has_participants: bool
    has_pending: bool
    has_draft: bool


def of(ticket: Ticket, actor: Actor) -> Beside:
    """All of it for one ticket, and one reader. That no supplier has the ticket is remembered on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _READ,
            {
                "customer": ticket.customer_id, "ticket": ticket.pk, "kind": ticket.kind, "number": ticket.number,
                "user": actor.user_id or 0, "caller": actor.key,
            },
        )  # fmt: skip
        found = Beside(*cursor.fetchone())
    if not found.has_handover:
        handovers.remember_none(ticket)
    return found
