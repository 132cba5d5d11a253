"""A hundred thousand tickets, or a million, as copies of three real ones: written by the database, not by Python.

Every column that is not named here is copied, so that a new column needs no line. A role of the bench alone loads
(the administrator of its cluster): under a policy COPY is refused and every row is checked.
"""

from typing import Any

from bench.town import Models

PERSONS = 2_000
FIRST = 10_000  # the first copy's id
HISTORY_ROWS, LONG = 15, 20  # history rows a ticket; messages of every fiftieth
WORDS = (
    "VPN drops", "Printer offline", "Mail delayed", "Payroll stops", "Login fails", "Screen stays dark",
    "Scanner jams", "Phone is silent", "Badge refused", "Report is empty",
)  # fmt: skip

# Numbers of a ticket are made from n by primes, so that customer, person, state and team do not move together.
PLAN = f"""
CREATE UNLOGGED TABLE bench_plan AS
SELECT n, n + {FIRST} AS id, is_big, customer_id, person_id, is_open, is_waiting,
    CASE WHEN is_waiting THEN %(waiting)s WHEN is_open THEN %(open)s ELSE %(closed)s END AS model,
    (%(services)s)[1 + (n * 13) %% array_length(%(services)s, 1)] AS service_id,
    (%(teams)s)[1 + (n * 17) %% array_length(%(teams)s, 1)] AS team_id,
    (%(categories)s)[1 + (n * 19) %% array_length(%(categories)s, 1)] AS category_id,
    CASE WHEN n %% 4 <> 0 THEN (%(agents)s)[1 + (n * 23) %% array_length(%(agents)s, 1)] END AS assignee_id,
    1 + (n * 29) %% 4 AS priority,
    (ARRAY[{", ".join(f"'{one}'" for one in WORDS)}])[1 + n %% {len(WORDS)}] || ' on floor ' || n %% 40 || ', asset'
        || n AS title,
    now() - (%(size)s - n + 60) * interval '1 minute' * (129600.0 / %(size)s) AS opened_at,
    now() + ((n * 37) %% 20000 - 1000) * interval '1 minute' AS due_at,
    n %% 50 = 0 AS is_long
FROM (
    SELECT n, is_big, is_open, is_open AND n %% 7 = 0 AS is_waiting,
        CASE WHEN is_big THEN (%(customers)s)[1]
             ELSE (%(customers)s)[2 + (n * 7) %% (array_length(%(customers)s, 1) - 1)] END AS customer_id,
        CASE WHEN is_big THEN %(person)s + (n * 31) %% 801
             ELSE %(person)s + 801 + ((n * 7) %% (array_length(%(customers)s, 1) - 1)) * 6 + n %% 6 END AS person_id
    FROM (SELECT n, (n * 3) %% 10 < 4 AS is_big, (n * 11) %% 100 < 30 AS is_open
          FROM generate_series(1, %(size)s) n) drawn
) placed;
CREATE INDEX ON bench_plan (id);
ANALYZE bench_plan;
"""

PERSON = {
    "id": "%(person)s + k", "name": "'Person ' || k", "email": "'person' || k || '@bench.example'",
    "email_key": "'person' || k || '@bench.example'", "user_id": "NULL", "source_key": "''",
    "customer_id": "CASE WHEN k <= 800 THEN o.customer_id ELSE"
    " (%(customers)s)[LEAST(2 + (k - 801) / 6, array_length(%(customers)s, 1))] END",
}  # fmt: skip
TICKET = {
    "id": "p.id", "customer_id": "p.customer_id", "number": "'INC-' || p.id", "title": "p.title",
    "requester_id": "p.person_id", "service_id": "p.service_id", "category_id": "p.category_id",
    "team_id": "p.team_id", "assignee_id": "p.assignee_id", "priority": "p.priority",
    "opened_at": "p.opened_at", "updated_at": "p.opened_at + interval '30 minutes'",
    "last_customer_at": "p.opened_at",
}  # fmt: skip
CLOCK = {
    "due_at": "CASE WHEN o.due_at IS NULL THEN NULL ELSE p.due_at END",
    "clock_from": "CASE WHEN o.clock_from IS NULL THEN NULL ELSE p.opened_at END",
}
ENDED = {
    "resolved_at": "CASE WHEN o.resolved_at IS NULL THEN NULL ELSE p.opened_at + interval '25 minutes' END",
    "closed_at": "CASE WHEN o.closed_at IS NULL THEN NULL ELSE p.opened_at + interval '30 minutes' END",
}
OF_TICKET = {"customer_id": "p.customer_id", "ticket_id": "p.id"}
BODY = "p.title || ' since this morning; message ' || s.k || ' of ticket ' || p.n"


def copying(cursor: Any, table: str, put: dict[str, str], source: str) -> str:
    """INSERT INTO table SELECT its own columns FROM `source`, where `o` is the row copied and `put` what differs."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " AND is_identity = 'NO' ORDER BY ordinal_position",
        [table],
    )
    columns = [row[0] for row in cursor.fetchall()]
    if "id" in put and "id" not in columns:
        columns.append("id")
    unknown = put.keys() - set(columns)
    assert not unknown, f"{table} has no column {unknown}"
    named = ", ".join(f'"{one}"' for one in columns)
    shown = ", ".join(put.get(one, f'o."{one}"') for one in columns)
    return f'INSERT INTO "{table}" ({named}) SELECT {shown} FROM {source}'


class Loader:
    """Copies rows of one database by a cursor of its administrator."""

    def __init__(self, cursor: Any, models: Models, size: int):
        self.cursor = cursor
        self.values = {**vars(models), "size": size}

    def load(self) -> None:
        """Everything, in the order in which rows point at one another."""
        self.cursor.execute(
            "SET session_replication_role = replica"
        )  # rows are known to fit: nothing is re-checked
        self.run(PLAN)
        self._people()
        self._tickets()
        self._words()
        self._clocks()
        self._journal()
        self._count_on()
        self.cursor.execute("DROP TABLE bench_plan")
        self.cursor.execute("RESET session_replication_role")
        self.cursor.execute("VACUUM (ANALYZE)")

    def run(self, statement: str) -> None:
        self.cursor.execute(statement, self.values)

    def copy(self, table: str, put: dict[str, str], source: str) -> None:
        self.run(copying(self.cursor, table, put, source))

    def _people(self) -> None:
        self.copy(
            "accounts_person",
            PERSON,
            f"accounts_person o, generate_series(1, {PERSONS}) k WHERE o.id = %(person)s",
        )
        self.copy(
            "cmdb_subscription", {"customer_id": "c.id"},
            "cmdb_subscription o, unnest(%(customers)s) c (id) WHERE c.id <> o.customer_id",
        )  # fmt: skip

    def _tickets(self) -> None:
        self.copy(
            "tickets_ticket", TICKET | CLOCK | ENDED, "tickets_ticket o JOIN bench_plan p ON o.id = p.model"
        )
        self.copy(
            "incidents_incident", OF_TICKET, "incidents_incident o JOIN bench_plan p ON o.ticket_id = p.model"
        )
        history = {
            name: one for name, one in TICKET.items() if name not in ("updated_at", "last_customer_at")
        } | {"history_date": "p.opened_at + s.k * interval '1 minute'"}
        newest = "(SELECT DISTINCT ON (id) * FROM tickets_historicalticket ORDER BY id, history_id DESC)"
        self.copy(
            "tickets_historicalticket", history | ENDED,
            f"{newest} o JOIN bench_plan p ON o.id = p.model, generate_series(1, {HISTORY_ROWS}) s (k)",
        )  # fmt: skip

    def _words(self) -> None:
        said = {**OF_TICKET, "body": BODY, "at": "p.opened_at + s.k * interval '1 minute'"}
        self.copy(
            "tickets_message", said | {"at": "p.opened_at", "person_id": "p.person_id"},
            "(SELECT * FROM tickets_message WHERE kind = 'opening') o JOIN bench_plan p ON o.ticket_id = p.model,"
            " (VALUES (0)) s (k)",
        )  # fmt: skip
        self.copy(
            "tickets_message", said,
            "(SELECT DISTINCT ON (ticket_id) * FROM tickets_message WHERE kind = 'reply' ORDER BY ticket_id, id) o"
            " JOIN bench_plan p ON o.ticket_id = p.model,"
            f" generate_series(1, CASE WHEN p.is_long THEN {LONG - 1} ELSE 1 END) s (k)",
        )  # fmt: skip

    def _clocks(self) -> None:
        moved = {
            name: f"o.{name} + (p.opened_at - t.opened_at)"
            for name in ("started_at", "used_at", "stopped_at")
        }
        running = {
            name: f"CASE WHEN o.{name} IS NULL THEN NULL WHEN o.state = 'running' THEN p.due_at ELSE o.{name} END"
            for name in ("due_at", "warn_at")
        }
        running["next_at"] = "CASE WHEN o.next_at IS NOT NULL AND p.due_at > now() THEN p.due_at END"
        running["breached_at"] = "CASE WHEN o.state = 'running' AND p.due_at <= now() THEN p.due_at END"
        self.copy(
            "slas_timer", OF_TICKET | moved | running | {"exhausted_at": "NULL"},
            "slas_timer o JOIN tickets_ticket t ON t.id = o.ticket_id JOIN bench_plan p ON t.id = p.model",
        )  # fmt: skip
        self.copy(
            "slas_segment",
            {"customer_id": "p.customer_id", "timer_id": "m.id", "from_at": "o.from_at + (p.opened_at - t.opened_at)"},
            "slas_segment o JOIN slas_timer f ON f.id = o.timer_id JOIN tickets_ticket t ON t.id = f.ticket_id"
            " JOIN bench_plan p ON t.id = p.model JOIN slas_timer m ON m.ticket_id = p.id AND m.metric = f.metric",
        )  # fmt: skip

    def _journal(self) -> None:
        self.copy(
            "journal_entry",
            {
                "customer_id": "p.customer_id", "subject_id": "p.id", "subject_label": "'INC-' || p.id",
                "at": "o.at + (p.opened_at - t.opened_at)",
            },
            "journal_entry o JOIN tickets_ticket t ON t.id = o.subject_id AND o.subject_kind = t.kind"
            " JOIN bench_plan p ON t.id = p.model",
        )  # fmt: skip
        self.run("UPDATE journal_delivery SET state = 'done'")
        self.copy(
            "journal_delivery", {"customer_id": "e.customer_id", "entry_id": "e.id"},
            f"journal_entry e JOIN LATERAL (SELECT * FROM journal_delivery LIMIT 1) o ON true"
            f" WHERE e.subject_id > {FIRST} AND e.name LIKE '%%.opened'",
        )  # fmt: skip

    def _count_on(self) -> None:
        """What is drawn next lies behind the copies."""
        self.run(f"SELECT setval('ticket_number', {FIRST} + %(size)s + 1)")
        for table in ("tickets_ticket", "accounts_person"):
            self.run(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}) + 1)"
            )
