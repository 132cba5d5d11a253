"""The queue, its counters and search on 300,000 tickets of 200 customers, as ratios to a bare `SELECT 1`.

Run as `python -m bench.queue`: it makes a throw-away database, fills it, and drops it. A third of the tickets is open;
one customer holds a third of all, the rest is spread. `--explain` prints the plans.
"""

import argparse
import os
import statistics
import time as clock
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")
django.setup()

from django.db import connection  # noqa: E402

from core import pagination  # noqa: E402
from core.actor import ALL, Actor, ActorKind, Side  # noqa: E402
from customers import scope  # noqa: E402
from tests import database  # noqa: E402
from tickets import queries  # noqa: E402
from tickets.models import Ticket  # noqa: E402

TICKETS, CUSTOMERS = 300_000, 200
ORDER = pagination.keys("due_key", "id")

FILL = f"""
INSERT INTO customers_customer
    (slug, name, is_provider, life, time_zone, language, sharing, is_sample, version)
SELECT 'c' || n, 'Customer ' || n, n = 1, 'active', 'UTC', 'en', 'own', true, 1 FROM generate_series(1, {CUSTOMERS}) n;

INSERT INTO tickets_ticket
    (customer_id, compartment, kind, number, title, state, phase, channel, origin, impact, urgency, priority, is_major,
     hold_kind, opened_at, due_at, due_metric, updated_at, closed_at, resolved_at, reopen_count, version)
SELECT CASE WHEN n %% 3 = 0 THEN 1 ELSE 2 + n %% ({CUSTOMERS} - 1) END,
    0, 'incident', 'INC-' || n,
    (ARRAY['VPN drops', 'Printer offline', 'Mail delayed', 'Payroll stops', 'Login fails'])[1 + n %% 5]
        || ' case ' || n,
    CASE WHEN open THEN 'in_progress' ELSE 'closed' END, CASE WHEN open THEN 'open' ELSE 'closed' END,
    'portal', 'live', 2, 2, 3, false, '', now() - n * interval '1 minute',
    CASE WHEN open THEN now() + (n %% 5000 - 500) * interval '1 minute' END, 'resolution', now(),
    CASE WHEN NOT open THEN now() END, CASE WHEN NOT open THEN now() END, 0, 1
FROM (SELECT n, (n / 7) %% 3 = 0 AS open FROM generate_series(1, {TICKETS}) n) numbered;

INSERT INTO tickets_message
    (customer_id, compartment, ticket_id, kind, audience, body, channel, author_kind, author_label, is_from_customer,
     is_human, at)
SELECT customer_id, 0, id, 'opening', 'public', title || ' since this morning on floor ' || id %% 40, 'portal', 'user',
    'x', true, true, opened_at FROM tickets_ticket;
"""


def staff(customers: object) -> Actor:
    """An agent of these customers."""
    return Actor(
        ActorKind.USER, 1, "bench", Side.DESK, customers=customers, grants={None: frozenset({"ticket.read"})}
    )


def measured(work: Callable[[], object], times: int = 30) -> float:
    """The median of `times` runs, in milliseconds."""
    taken = []
    for _ in range(times):
        began = clock.perf_counter()
        work()
        taken.append((clock.perf_counter() - began) * 1000)
    return statistics.median(taken)


def scenarios(at) -> dict[str, tuple[object, Callable[[], object]]]:
    """Name -> (customers of the scope, what to do in it)."""
    everybody, small, big, twenty = (
        staff(ALL),
        staff(frozenset({77})),
        staff(frozenset({1})),
        staff(frozenset(range(2, 22))),
    )

    def page(who: Actor, cursor: str | None = None):
        return pagination.paginate(queries.queue(who), ORDER, cursor=cursor)

    def deep(who: Actor):
        cursor = page(who).next
        for _ in range(20):
            cursor = page(who, cursor).next
        return lambda: page(who, cursor)

    return {
        "queue, all customers": (ALL, lambda: page(everybody)),
        "queue, all customers, page 21": (ALL, deep(everybody)),
        "queue, one small customer": ({77}, lambda: page(small)),
        "queue, the big customer": ({1}, lambda: page(big)),
        "queue, 20 customers": (set(range(2, 22)), lambda: page(twenty)),
        "one ticket by number": (
            ALL,
            lambda: Ticket.objects.visible_to(everybody).numbered("INC-4502").first(),
        ),
        "counters, all customers": (ALL, lambda: queries.counts(everybody, at)),
        "counters, one small customer": ({77}, lambda: queries.counts(small, at)),
        "search, two rare words, all": (ALL, lambda: queries.search_ids("payroll 4503", everybody)),
        "search, one common word, small customer": ({77}, lambda: queries.search_ids("payroll", small)),
        "search, one common word, all": (ALL, lambda: queries.search_ids("payroll", everybody, most=50)),
    }


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--explain", action="store_true")
    explain = options.parse_args().explain
    with database.fresh():
        with scope(ALL), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(FILL, [])
        with database.place().cluster.administrator(connection.settings_dict["NAME"]) as cursor:
            cursor.execute("ANALYZE")
        with scope(ALL) as here:
            planned = scenarios(here.at)
            floor = measured(lambda: connection.cursor().execute("SELECT 1"), 200)
        print(f"floor (SELECT 1): {floor:.3f} ms")
        for name, (customers, work) in planned.items():
            with scope(customers):
                took = measured(work)
                print(f"{name:45} {took:8.2f} ms   {took / floor:8.1f} x floor")
                if explain:
                    print(plan_of(work))


def plan_of(work: Callable[[], object]) -> str:
    """The plans of the statements that `work` runs."""
    plans: list[str] = []

    def explained(execute, sql, params, many, context):
        if sql.lstrip().startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {sql}", params)
                plans.append("\n".join(row[0] for row in cursor.cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        work()
    return "\n".join(plans)


if __name__ == "__main__":
    main()
