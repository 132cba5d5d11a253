"""What may be known of restricted tickets from outside their lists: how many there are, and which one a number is.

Both questions go past the policy by a function that is told whose tickets count before it counts any (isolation).
"""

from dataclasses import dataclass

from django.db import connection

from core.actor import ALL, Actor


@dataclass(frozen=True)
class Hidden:
    """The keys of one restricted ticket that the actor does not see; its words stay behind the glass."""

    ticket_id: int
    customer_id: int
    compartment: int


def count_hidden(actor: Actor) -> int:
    """How many open tickets of the actor's customers lie in compartments that are closed to him."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT itsm_restricted_open(%s, %s, %s)", [*_sight(actor), sorted(actor.compartments)]
        )
        return cursor.fetchone()[0]


def find_hidden(number: str, actor: Actor) -> Hidden | None:
    """The restricted ticket with this number at one of the actor's customers, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ticket_id, customer_id, compartment FROM itsm_find_restricted(%s, %s, %s)",
            [number.strip().upper(), *_sight(actor)],
        )
        row = cursor.fetchone()
    return Hidden(*row) if row else None


def _sight(actor: Actor) -> tuple[bool, list[int]]:
    """Whether he sees every customer, and else which."""
    return actor.customers is ALL, [] if actor.customers is ALL else sorted(actor.customers)
