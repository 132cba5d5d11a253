"""A word that thousands of tickets say: the newest of those one sees are found, and nobody else's."""

from django.db import connection

from bench import fill
from tests.places import World, report
from tickets import queries
from tickets.models import Ticket

MANY = 600  # more than are ranked


def test_a_common_word_finds_the_newest_and_a_rare_one_the_oldest(world: World) -> None:
    oldest = report(world.acme, title="Printer jams on floor ninetynine")
    put = {"id": "o.id + k", "number": "'INC-' || 90000 + k", "title": "'Printer offline ' || k"}
    with connection.cursor() as cursor:
        source = f"tickets_ticket o, generate_series(1, {MANY}) k WHERE o.id = %s"
        cursor.execute(fill.copying(cursor, "tickets_ticket", put, source), [oldest.pk])
    agent, newest = world.actor(world.acme.agent), oldest.pk + MANY
    assert queries.search_ids("printer", agent, most=50) == list(range(newest, newest - 50, -1))
    assert queries.search_ids("printer ninetynine", agent) == [oldest.pk]
    assert queries.search_ids("offline -printer", agent) == []
    assert queries.search_ids("printer", world.actor(world.beta.agent)) == []
    assert Ticket.objects.filter(title__startswith="Printer").count() == MANY + 1
