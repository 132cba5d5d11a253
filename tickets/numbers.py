"""Record numbers: a prefix by process and one sequence for all, so that a number never means two things."""

from django.db import connection


def draw(prefix: str, count: int = 1) -> list[str]:
    """The next `count` numbers, `INC-1001`. May leave gaps; never repeats."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ticket_number') FROM generate_series(1, %s)", [count])
        return [f"{prefix}-{row[0]}" for row in cursor.fetchall()]
