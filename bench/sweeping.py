"""The sweep: what finding nothing costs beside a million clocks, and how many due ones a second it works off."""

import time as clock
from typing import Any

from accounts import actions as accounts
from accounts import actors
from bench import fill, place, town
from bench.table import Line
from core.actor import ALL
from customers import scoping
from customers.models import Organization
from ops import servers
from slas import sweep

IDLE_RUNS = 15
# The warning before the deadline has fired already, as it has when a clock of the real world is due.
WARNED = """
INSERT INTO slas_escalation (customer_id, compartment, timer_id, step_id, due_at, fired_at, outcome, note)
SELECT t.customer_id, t.compartment, t.id, s.id, t.due_at, t.due_at, 'notified', ''
FROM bench_due d JOIN slas_timer t ON t.id = d.id JOIN slas_step s ON s.target_id = t.target_id AND s.percent < 100
ON CONFLICT DO NOTHING;
"""
DUE = """
DROP TABLE IF EXISTS bench_due;
CREATE UNLOGGED TABLE bench_due AS
SELECT id FROM slas_timer WHERE state = 'running' AND breached_at IS NULL AND next_at > now() + interval '1 hour'
ORDER BY ticket_id DESC, id LIMIT %(due)s;
UPDATE slas_timer t SET due_at = now() - interval '1 minute', next_at = now() - interval '1 minute'
FROM bench_due d WHERE d.id = t.id;
"""


def measure(pair: servers.Servers, *, running: int, due: int) -> list[Line]:
    """The three figures of the sweep, in the database that is being worked in."""
    by = actors.system("Clock sweep")
    with scoping.scope(ALL) as here:
        supplier = Organization(name="Lakeside Telecom", is_supplier=True)
        accounts.create_organization(supplier, by=town.SYSTEM, at=here.at)
    with pair.database.administrator(place.WORKING) as cursor:
        _multiply(cursor, running)
        while sweep.sweep(by).breached:  # what the wall clock made due meanwhile
            pass
        cursor.execute("SELECT count(*) FROM slas_timer WHERE state = 'running' AND next_at IS NOT NULL")
        many = cursor.fetchone()[0]
        nothing = sorted(_timed(by)[0] for _ in range(IDLE_RUNS))[IDLE_RUNS // 2] * 1000
        told = _work_off(cursor, by, due)
        cursor.execute(
            "UPDATE slas_step SET reassign_to_id = (SELECT max(id) FROM accounts_team) WHERE percent = 100"
        )
        given = _work_off(cursor, by, max(due // 20, 20))
    return [
        Line(
            f"sweep, {many:,} running clocks in chains of three, none due", nothing, "ms", "≤ 5", nothing <= 5
        ),
        Line("sweep: breach and notify", told, "a second", "≥ 2,000", told >= 2_000),
        Line("sweep: with reassignment", given, "a second", "≥ 150", given >= 150),
    ]


def _multiply(cursor: Any, running: int) -> None:
    """More running clocks on the tickets there are: beside each customer's one of the team and one of the supplier,
    and then again in further cycles."""
    cursor.execute("SELECT count(*) FROM slas_timer WHERE state = 'running'")
    times = max(2, -(-running // max(1, cursor.fetchone()[0])) - 1)
    put = {
        "kind": "(ARRAY['sla', 'ola', 'uc'])[1 + k % 3]", "cycle": "o.cycle + k / 3",
        "team_id": "CASE WHEN k % 3 = 1 THEN (SELECT min(id) FROM accounts_team) END",
        "supplier_id": "CASE WHEN k % 3 = 2 THEN (SELECT min(id) FROM customers_organization) END",
        "due_at": "now() + interval '30 days' + o.id * interval '1 second'",
        "next_at": "now() + interval '30 days' + o.id * interval '1 second'", "breached_at": "NULL",
    }  # fmt: skip
    cursor.execute("SET session_replication_role = replica")
    source = f"slas_timer o, generate_series(1, {times}) k WHERE o.state = 'running'"
    cursor.execute(fill.copying(cursor, "slas_timer", put, source))
    cursor.execute("RESET session_replication_role")
    cursor.execute("VACUUM (ANALYZE) slas_timer")


def _work_off(cursor: Any, by: Any, due: int) -> float:
    """Clocks a second: each breaches, and one step of it is due."""
    cursor.execute(DUE, {"due": due})
    cursor.execute(WARNED)
    cursor.execute("ANALYZE slas_timer, slas_escalation")
    seconds, swept = _timed(by)
    assert swept.failed == 0
    return swept.breached / seconds


def _timed(by: Any) -> tuple[float, sweep.Swept]:
    began = clock.perf_counter()
    swept = sweep.sweep(by)
    return clock.perf_counter() - began, swept
