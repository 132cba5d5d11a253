"""History of another tool comes in whole, once, silently, and accounted for."""

import datetime as dt
import gzip
import os
from pathlib import Path

import pytest

from accounts.models import Compartment, Person, Team, User
from catalogue.models import Category
from core.actor import ALL
from customers import scoping
from customers.models import Customer
from imports.models import ImportedRecord
from incidents.models import Incident
from journal.models import Delivery, Entry
from notifications.models import Message as Mail
from slas import standards
from slas.models import Timer
from tests.imports.source import LIFE, MAPPING, bring_in, numbers, refusal, row, write
from tests.places import NOON, SYSTEM, World
from tickets import actions as common
from tickets import queries
from tickets.models import ExternalReference, Message, Ticket


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2016, 3, day, hour, minute, tzinfo=dt.UTC)


def told(ticket: Ticket) -> list[tuple[str, dt.datetime]]:
    rows = Entry.objects.about("incident", ticket.pk).order_by("id")
    return [(one.name.removeprefix("incident."), one.at) for one in rows]


def test_a_record_comes_in_with_its_final_state_its_people_and_its_own_fields(world: World, tmp_path: Path):
    report = bring_in(write(tmp_path, *LIFE))
    assert "Everything matches" in report
    assert numbers(report) == {
        "Rows read": 7, "kept": 7, "skipped": 0, "Records in the source": 1,
        "made": 1, "updated": 0, "unchanged": 0, "left out": 0,
    }  # fmt: skip
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.phase, ticket.origin, ticket.channel) == (
        "closed",
        "closed",
        "import",
        "phone",
    )
    assert ticket.title == "Symptom 1 Category 5 Subcategory 6 (INC1)"
    assert (ticket.impact, ticket.urgency, ticket.priority, ticket.priority_override) == (2, 2, 3, None)
    assert (ticket.opened_at, ticket.resolved_at, ticket.closed_at) == (at(1, 9), at(2, 10), at(7, 10))
    assert (ticket.requester.name, ticket.requester.source_key) == ("Caller 7", "servicenow:Caller 7")
    assert (ticket.team.name, ticket.team.customer) == ("Group 5", world.acme.customer)
    assert (ticket.assignee.name, ticket.assignee.is_active) == ("Resolver 9", False)
    assert (ticket.category.name, ticket.category.parent.name) == ("Subcategory 6", "Category 5")
    assert ticket.site.name == "Location 2"
    assert Incident.objects.get(pk=ticket.pk).extra == {"u_symptom": "Symptom 1", "closed_code": "code 6"}
    assert ExternalReference.objects.get(ticket=ticket).reference == "INC1"


def test_its_journal_tells_each_row_in_the_sources_order_and_time_and_says_when_it_was_recorded(
    world: World, tmp_path: Path
):
    before = dt.datetime.now(dt.UTC)
    bring_in(write(tmp_path, *LIFE))
    ticket = Ticket.objects.get()
    assert told(ticket) == [
        ("opened", at(1, 9)), ("assigned", at(1, 9, 5)), ("accepted", at(1, 9, 30)), ("held", at(1, 10)),
        ("resumed", at(1, 12)), ("assigned", at(1, 12)), ("assigned", at(1, 12)), ("resolved", at(2, 10)),
        ("closed", at(7, 10)),
    ]  # fmt: skip
    entries = Entry.objects.about("incident", ticket.pk)
    assert not entries.filter(recorded_at__lt=before - dt.timedelta(minutes=10)).exists()
    assert {one.actor_kind for one in entries} == {"system"}
    assert {one.actor_label for one in entries} == {"Opened by  3", "Updated by 9"}
    assert sorted({one.data["row"] for one in entries}) == [2, 3, 4, 5, 6, 7, 8]


def test_an_import_sends_nothing_starts_nothing_and_says_nothing(world: World, tmp_path: Path):
    bring_in(write(tmp_path, *LIFE, row(number="INC2", incident_state="Active")))
    tickets = Ticket.objects.filter(origin="import")
    assert tickets.count() == 2
    assert not Delivery.objects.filter(entry__subject_kind="incident").exists()
    assert (Mail.objects.count(), Message.objects.count(), Timer.objects.count()) == (0, 0, 0)
    assert list(tickets.values_list("due_at", flat=True)) == [None, None]


def test_live_clocks_start_for_open_ones_from_now(world: World, tmp_path: Path):
    standards.best_effort(by=SYSTEM, at=NOON)
    report = bring_in(write(tmp_path, *LIFE, row(number="INC2", incident_state="Active")), "--live-clocks")
    assert "With live clocks              1" in report
    timers = Timer.objects.all()
    assert {one.ticket.imported.reference for one in timers} == {"INC2"}
    assert {one.started_at.year for one in timers} == {2026}
    assert Ticket.objects.get(imported__reference="INC2").due_at is not None


def test_a_second_run_changes_nothing_and_says_so(world: World, tmp_path: Path):
    path = write(tmp_path, *LIFE)
    bring_in(path)
    before = _everything()
    report = bring_in(path)
    assert "Nothing changed: all of this was here already." in report
    assert numbers(report)["unchanged"] == 1
    assert _everything() == before


def _everything() -> list[object]:
    counted = [
        one.objects.count() for one in (Ticket, Entry, Person, Team, Category, ExternalReference, Delivery)
    ]
    return [
        *counted, User.objects.count(), Ticket.history.count(), Person.history.count(),
        list(Ticket.objects.values_list("version", "updated_at")), list(ImportedRecord.objects.values()),
    ]  # fmt: skip


def test_a_longer_file_of_the_same_source_adds_what_is_new(world: World, tmp_path: Path):
    bring_in(write(tmp_path, *LIFE[:4]))
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.resolved_at, ticket.closed_at) == ("in_progress", None, None)
    before = told(ticket)
    report = bring_in(write(tmp_path, *LIFE, row(number="INC2")))
    assert (numbers(report)["made"], numbers(report)["updated"]) == (1, 1)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.closed_at, ticket.version) == ("closed", at(7, 10), 2)
    assert told(ticket) == [*before, ("assigned", at(1, 12)), ("resolved", at(2, 10)), ("closed", at(7, 10))]
    assert [one.history_type for one in Ticket.history.filter(id=ticket.pk).order_by("history_id")] == [
        "+",
        "~",
    ]


def test_a_shorter_file_takes_nothing_back(world: World, tmp_path: Path):
    bring_in(write(tmp_path, *LIFE))
    report = bring_in(write(tmp_path, *LIFE[:3]))
    assert numbers(report)["unchanged"] == 1
    assert Ticket.objects.get().state == "closed"


def test_a_past_that_the_source_has_rewritten_is_told_as_the_difference(world: World, tmp_path: Path):
    bring_in(write(tmp_path, *LIFE[:2]))
    bring_in(write(tmp_path, LIFE[0], row(incident_state="Resolved", sys_updated_at="1/3/2016 09:40")))
    ticket = Ticket.objects.get()
    assert ticket.state == "resolved"
    assert told(ticket)[-1] == ("resolved", at(1, 9, 40))


def test_what_was_worked_on_here_since_is_left_alone(world: World, tmp_path: Path):
    bring_in(write(tmp_path, *LIFE[:2]))
    ticket = Ticket.objects.get()
    common.assign(ticket, by=world.actor(world.lead), at=at(9, 9), assignee=world.agent)
    report = bring_in(write(tmp_path, *LIFE))
    assert f"{ticket.number} was worked on here since it was imported" in report
    assert (numbers(report)["left out"], numbers(report)["skipped"]) == (1, 7)
    assert "Everything matches" in report
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("in_progress", world.agent)


def test_a_ticket_of_ours_that_refers_to_the_record_is_left_alone(
    world: World, incident: Ticket, tmp_path: Path
):
    ExternalReference.objects.create(
        customer=world.acme.customer, ticket=incident, system="servicenow", reference="INC1"
    )
    report = bring_in(write(tmp_path, *LIFE))
    assert f"{incident.number} refers to “INC1” and was not imported" in report
    assert Ticket.objects.count() == 1


def test_a_record_that_the_database_refuses_is_left_out_and_the_others_stand(world: World, tmp_path: Path):
    """Its ticket was restricted since: the importer does not see it, and the database knows that it is there."""
    path = write(tmp_path, *LIFE)
    bring_in(path)
    closed = Compartment.objects.create()
    with scoping.scope(ALL, compartments=[0, closed.pk]):
        Ticket.objects.filter(imported__reference="INC1").update(compartment=closed.pk)
    closed.delete()
    report = bring_in(write(tmp_path, *LIFE, row(number="INC2")))
    assert "The database refuses “INC1” (rule “external_reference_once”)" in report
    assert (numbers(report)["made"], numbers(report)["left out"], numbers(report)["skipped"]) == (1, 1, 7)
    assert "Everything matches" in report


def test_rows_in_any_order_of_records_come_together(world: World, tmp_path: Path):
    second = [line.replace("INC1,", "INC2,") for line in LIFE]
    mixed = [line for pair in zip(LIFE, second, strict=True) for line in pair]
    bring_in(write(tmp_path, *mixed))
    one, two = Ticket.objects.order_by("id")
    assert told(one) == told(two)
    assert len(told(one)) == 9


def test_equal_times_and_updates_before_the_opening_keep_the_sources_order(world: World, tmp_path: Path):
    early = row(incident_state="Active", sys_updated_at="28/2/2016 08:00")
    same = row(incident_state="Resolved", sys_updated_at="28/2/2016 08:00")
    bring_in(write(tmp_path, row(), early, same))
    eve = dt.datetime(2016, 2, 28, 8, tzinfo=dt.UTC)
    assert told(Ticket.objects.get())[2:] == [("accepted", eve), ("resolved", eve)]


def test_what_the_source_does_not_know_stays_unknown(world: World, tmp_path: Path):
    unknown = dict.fromkeys(
        ("caller_id", "assignment_group", "assigned_to", "category", "subcategory", "location"), "?"
    )
    bring_in(
        write(
            tmp_path, row(incident_state="Closed", resolved_at="?", closed_at="?", u_symptom="?", **unknown)
        )
    )
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.team, ticket.assignee, ticket.category, ticket.site) == (None,) * 5
    assert (ticket.resolved_at, ticket.closed_at, ticket.service) == (None, None, None)
    assert ticket.title == "(INC1)"


def test_a_reopened_record_that_is_open_has_no_solution_date(world: World, tmp_path: Path):
    bring_in(
        write(
            tmp_path, *LIFE[:6], row(incident_state="Active", sys_updated_at="3/3/2016 08:00", reopen_count="1")
        )
    )  # fmt: skip
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.reopen_count, ticket.resolved_at, ticket.closed_at) == (
        "in_progress",
        1,
        None,
        None,
    )
    assert ("reopened", at(3, 8)) in told(ticket)


def test_nothing_of_it_belongs_to_another_customer(world: World, tmp_path: Path):
    bring_in(write(tmp_path, *LIFE))
    bring_in(write(tmp_path, *LIFE), customer="beta")
    assert Ticket.objects.count() == 2
    for model in (Ticket, Person, Team, Category):
        made = model.objects.filter(customer=world.beta.customer)
        assert made.exists()
    acme, beta = Ticket.objects.order_by("id")
    assert (acme.customer, beta.customer) == (world.acme.customer, world.beta.customer)
    assert acme.team != beta.team
    assert acme.requester != beta.requester
    assert acme.assignee != beta.assignee
    assert queries.search_ids("Symptom", world.actor(world.acme.agent)) == [acme.pk]


def test_a_dry_run_says_what_would_be_and_leaves_nothing(world: World, tmp_path: Path):
    before = _everything()
    report = bring_in(write(tmp_path, *LIFE), "--dry-run")
    assert "would be made               1" in report
    assert "Everything matches" in report
    assert _everything() == before


def test_a_packed_file_is_read_as_it_is(world: World, tmp_path: Path):
    path = write(tmp_path, *LIFE)
    packed = tmp_path / "incidents.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert numbers(bring_in(packed))["made"] == 1


def test_a_customer_that_is_not_there_is_one_sentence(world: World, tmp_path: Path):
    assert refusal(write(tmp_path), customer="nobody") == (
        "There is no customer “nobody”; there are: acme, beta, calder-it."
    )
    assert Customer.objects.count() == 3


@pytest.mark.skipif("CLAUSE8_SAMPLE" not in os.environ, reason="CLAUSE8_SAMPLE names no event log to try.")
def test_the_real_event_log_reconciles(world: World):
    report = bring_in(os.environ["CLAUSE8_SAMPLE"], mapping=MAPPING)
    found = numbers(report)
    assert "Everything matches" in report
    assert found["skipped"] == 0
    assert found["made"] == Ticket.objects.filter(origin="import").count() == found["Records in the source"]
    assert "Nothing changed" in bring_in(os.environ["CLAUSE8_SAMPLE"])
