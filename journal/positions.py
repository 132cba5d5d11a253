"""The sequencer of the feed: gives committed entries their places, one run at a time, so that a late commit comes last.

Ids are given when a row is written, places when its transaction is over: an entry that commits late has a low id and
a high place. Only one transaction gives places at a time (an advisory lock held until it commits), so all places up
to the highest one that can be seen are there to stay.
"""

import datetime as dt

from django.db import OperationalError, connection, transaction

from core.actor import Actor
from customers import scoping
from journal.models import Position

KEPT = dt.timedelta(days=90)
SPARE = dt.timedelta(days=1)  # a cursor is refused before what it asks for is dropped
BATCH = 5_000
_LOCK = 7_301_926_441  # the sequencer's own; any number that no other advisory lock has
_PLACE = """
    UPDATE journal_position AS p SET position = n.place, placed_at = %s
      FROM (SELECT id, nextval('journal_position_place') AS place
              FROM (SELECT id FROM journal_position WHERE position IS NULL ORDER BY id LIMIT %s) AS o) AS n
     WHERE p.id = n.id
"""


def place(by: Actor) -> int:
    """Give places to committed entries that have none, oldest first, and return the horizon: the highest place.

    `by` is the system, which sees every compartment. Where another transaction is giving places at this moment, it
    is waited for. Nothing will ever be added at or below the horizon.
    """
    with scoping.scope(by.customers, compartments=by.compartments) as here, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM journal_position WHERE position IS NULL)")
        if cursor.fetchone()[0] and _is_ours():
            cursor.execute(_PLACE, [here.at, BATCH])
        cursor.execute("SELECT coalesce(max(position), 0) FROM journal_position")
        return int(cursor.fetchone()[0])


def _is_ours() -> bool:
    """Take the sequencer's lock until the transaction ends; False where that takes too long: the next run does it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    except OperationalError:
        return False
    return True


def newest() -> int:
    """The highest place ever given, dropped ones included: a cursor beyond it comes from another database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_position_place")
        return int(cursor.fetchone()[0])


def drop_old(by: Actor) -> int:
    """Drop places given more than 90 days ago, lowest first, some thousands at once. Returns how many."""
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        rows = Position.objects.filter(position__isnull=False).order_by("position")
        lowest = rows.values_list("id", "placed_at")[:BATCH]
        old = [one for one, placed_at in lowest if placed_at < here.at - KEPT - SPARE]
        Position.objects.filter(id__in=old).delete()
    return len(old)
