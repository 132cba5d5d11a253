"""Other shapes come in through the mapping; what is broken is reported with its line, and never stops the rest."""

# ruff: noqa: E501 - a sentence and the row that earns it stand side by side

import datetime as dt
import gzip
from pathlib import Path

import pytest

from incidents.models import Incident
from journal.models import Entry
from tests.imports.source import LIFE, bring_in, numbers, refusal, row, write
from tests.places import World
from tickets.models import Message, Ticket

RECORDS = """
keep = ["Standort"]
[source]
system = "altesystem"
time_zone = "Europe/Berlin"
encoding = "cp1252"
delimiter = ";"
dates = ["%d.%m.%Y %H:%M"]
unknown = ["-"]
[columns]
number = "Nr"
state = "Status"
opened_at = "Erfasst"
resolved_at = "Gelöst"
closed_at = "Geschlossen"
requester_name = "Melder"
requester_email = "E-Mail"
team = "Gruppe"
priority = "Prio"
title = "Kurztext"
description = "Beschreibung"
code = "Lösungsart"
resolution = "Lösung"
[values.state]
"Erledigt" = "closed"
"In Arbeit" = "in_progress"
[values.team]
"Zentrale" = "service-desk"
[values.priority]
"hoch" = 2
"normal" = 3
[values.code]
"Behoben" = "fixed"
"""
HEADER = "Nr;Status;Erfasst;Gelöst;Geschlossen;Melder;E-Mail;Gruppe;Prio;Kurztext;Beschreibung;Lösungsart;Lösung;Standort"
DONE = (
    "4711;Erledigt;28.03.2026 23:30;29.03.2026 12:00;30.03.2026 08:00;Jörg Weiß;joerg@acme.example;Zentrale;hoch;"
    "Drucker streikt;Er druckt nur weiß.;Behoben;Toner gewechselt;Köln"
)
OPEN = "4712;In Arbeit;29.03.2026 09:00;-;-;-;-;Zentrale;normal;Maus klemmt;-;-;-;-"


def mapping(folder: Path, text: str = RECORDS) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, "utf-8")
    return path


def records(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "tickets.csv"
    path.write_bytes("\r\n".join([header, *rows]).encode("cp1252"))
    return path


def test_one_row_per_record_in_another_language_encoding_and_zone(world: World, tmp_path: Path):
    report = bring_in(records(tmp_path, DONE, OPEN), mapping=mapping(tmp_path))
    assert "Everything matches" in report
    done, still_open = Ticket.objects.order_by("id")
    assert (done.title, done.state, done.priority, done.team) == ("Drucker streikt", "closed", 2, world.desk)
    assert done.opened_at == dt.datetime(2026, 3, 28, 22, 30, tzinfo=dt.UTC)  # winter time
    assert done.resolved_at == dt.datetime(2026, 3, 29, 10, 0, tzinfo=dt.UTC)  # summer time
    assert (done.requester.name, done.requester.email_key) == ("Jörg Weiß", "joerg@acme.example")
    detail = Incident.objects.get(pk=done.pk)
    assert (detail.code, detail.resolution, detail.extra) == (
        "fixed",
        "Toner gewechselt",
        {"Standort": "Köln"},
    )
    assert Message.objects.get().body == "Er druckt nur weiß."
    assert [one.name for one in Entry.objects.about("incident", done.pk).order_by("id")] == [
        "incident.opened", "incident.assigned", "incident.resolved", "incident.closed",
    ]  # fmt: skip
    assert (still_open.state, still_open.requester, still_open.closed_at) == ("in_progress", None, None)
    assert still_open.priority_override == 3  # the matrix makes 4 of the default impact and urgency


def test_a_known_address_is_the_person_we_know(world: World, tmp_path: Path):
    bring_in(records(tmp_path, DONE.replace("joerg@", "Requester@")), mapping=mapping(tmp_path))
    assert Ticket.objects.get().requester == world.acme.requester


JSON_MAPPING = """
[source]
system = "other"
time_zone = "UTC"
dates = ["iso", "epoch"]
[columns]
number = "id"
state = "status"
opened_at = "created"
[templates]
title = "{summary} [{area}]"
[values.state]
"*" = "in_progress"
"""


def test_one_json_object_per_line(world: World, tmp_path: Path):
    path = tmp_path / "tickets.jsonl"
    path.write_text(
        '{"id": 7, "status": "open", "created": "2026-03-01T10:00:00+05:30", "summary": "Mail", "area": null}\n'
        "\n"
        '{"id": 8, "status": "x", "created": 1772359200, "summary": "Fax", "area": "Home"}\n'
        "not json\n[1]\n"
        '{"id": 9, "status": "open", "created": "soon", "summary": "?", "area": ""}\n'
    )
    report = bring_in(path, mapping=mapping(tmp_path, JSON_MAPPING))
    one, two = Ticket.objects.order_by("id")
    assert (one.title, one.opened_at) == ("Mail", dt.datetime(2026, 3, 1, 4, 30, tzinfo=dt.UTC))
    assert (two.title, two.opened_at) == ("Fax [Home]", dt.datetime(2026, 3, 1, 10, 0, tzinfo=dt.UTC))
    assert "line 4: This line is no JSON" in report
    assert "line 5: This line is no JSON object." in report
    assert "line 6: The column “created” holds “soon”, which is no date as the mapping writes them." in report
    assert (numbers(report)["Rows read"], numbers(report)["kept"], numbers(report)["skipped"]) == (5, 2, 3)


def test_values_with_tabs_between_them_and_line_breaks_inside(world: World, tmp_path: Path):
    text = JSON_MAPPING.replace('"{summary} [{area}]"', '"{summary}"\ndescription = "{area}"')
    path = tmp_path / "tickets.tsv"
    path.write_text(
        'id\tstatus\tcreated\tsummary\tarea\n1\topen\t2026-03-01\tA "1" b\t"two\nlines"\n2\topen\t2026-03-02\t5" disk\tx\n'
    )
    assert numbers(bring_in(path, mapping=mapping(tmp_path, text)))["made"] == 2
    assert sorted(Ticket.objects.values_list("title", flat=True)) == ['5" disk', 'A "1" b']
    assert set(Message.objects.values_list("body", flat=True)) == {"two\nlines", "x"}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(number="BAD", incident_state="Parked"), "The state “Parked” is not in the mapping: add it under [values.state]."),
        (row(number="BAD", impact="9 - Tiny"), "The impact “9 - Tiny” is not in the mapping: add it under [values.impact]."),
        (row(number="BAD", priority="0"), "The priority “0” is not in the mapping: add it under [values.priority]."),
        (row(number="BAD", opened_at="31/31/2016 10:00"), "The column “opened_at” holds “31/31/2016 10:00”, which is no date"),
        (row(number="BAD", sys_updated_at="1/1/9999 10:00"), "The column “sys_updated_at” holds “1/1/9999 10:00”, which is no"),
        (row(number="BAD", opened_at="?"), "“BAD” has no opening time in any of its rows."),
        (row(number="?"), "This row names no record: its column “number” is empty."),
        (row(number="BAD", incident_state="?"), "This row has no state, and none before it has one."),
        ("BAD,New,too,short", "This row has 4 values where the header has 34."),
        (row(number="BAD") + ",more", "This row has 35 values where the header has 34."),
        (row(number="BAD", category="a\0b"), "A value holds a NUL byte."),
        (row(number="BAD", category='"never closed'), "This row cannot be read: a quotation mark is opened and not closed."),
        (row(number="BAD", category="x" * 1_000_100), "This line is longer than 1,000,000 characters."),
        (row(number="B" * 201), "The number of this record is longer than 200 characters."),
    ],
)  # fmt: skip
def test_a_broken_row_is_reported_with_its_line_and_stops_nothing(
    world: World, tmp_path: Path, bad: str, reason: str
):
    report = bring_in(write(tmp_path, *LIFE, bad, row(number="INC2")))
    assert f"Skipped: line 9: {reason}" in report
    assert "Everything matches" in report
    assert (numbers(report)["kept"], numbers(report)["skipped"], numbers(report)["made"]) == (8, 1, 2)
    assert reason.replace('"', '""') in (tmp_path / "incidents.csv.skipped.csv").read_text()


def test_a_byte_of_another_encoding_spoils_its_own_row_only(world: World, tmp_path: Path):
    path = write(tmp_path, row(number="INC1"), row(number="INC2", category="Büro"))
    path.write_bytes(path.read_bytes().replace("Büro".encode(), "Büro".encode("cp1252")))
    report = bring_in(path)
    assert "line 3: A value holds a character that is not in the mapping's encoding (byte 0xFC)." in report
    assert numbers(report)["made"] == 1


def test_a_broken_row_inside_a_record_leaves_the_others_of_it(world: World, tmp_path: Path):
    report = bring_in(write(tmp_path, *LIFE[:5], row(incident_state="Nonsense"), *LIFE[5:]))
    assert (numbers(report)["kept"], numbers(report)["skipped"]) == (7, 1)
    assert Ticket.objects.get().state == "closed"


def test_files_that_cannot_be_read_are_one_sentence_and_nothing_comes_in(world: World, tmp_path: Path):
    empty, damaged, listed, wide = (
        tmp_path / name for name in ("empty.csv", "damaged.csv.gz", "list.json", "wide.csv")
    )
    empty.write_bytes(b"")
    damaged.write_bytes(gzip.compress("\n".join([*LIFE] * 500).encode())[:-300])
    listed.write_text('[{"id": 1}]')
    wide.write_bytes(write(tmp_path, *LIFE).read_text().encode("utf-16"))
    assert refusal(tmp_path / "missing.csv").endswith(
        "missing.csv cannot be read: No such file or directory. Name a file to import."
    )
    assert refusal(tmp_path) == f"{tmp_path} cannot be read: Is a directory. Name a file to import."
    assert refusal(empty) == f"{empty} is empty: there is nothing to import."
    assert "the archive is damaged" in refusal(damaged) or "has no column" in refusal(damaged)
    assert refusal(listed, mapping=mapping(tmp_path, JSON_MAPPING)) == (
        f"{listed} is one JSON list: write one object on each line instead."
    )
    assert "line 1: the header holds NUL bytes: is it UTF-16? Say so in [source] encoding." in refusal(wide)
    assert Ticket.objects.count() == 0


def test_a_file_of_a_header_alone_has_nothing_to_import(world: World, tmp_path: Path):
    assert "Nothing was taken in." in bring_in(write(tmp_path))


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ('time_zone = "Europe/Berlin"', "", "[source] time_zone: is missing: name the zone of the dates, as in “Europe/Berlin”."),
        ("Europe/Berlin", "Europe/Bärlin", "[source] time_zone: “Europe/Bärlin” is no known zone; write “Europe/Berlin”."),
        ('system = "altesystem"', "", "[source] system: is missing or not in small letters: name the tool, as in “servicenow”."),
        ("cp1252", "cp9999", "[source] encoding: “cp9999” is no known encoding; write “utf-8” or “cp1252”."),
        ('delimiter = ";"', 'delimiter = ";;"', "[source] delimiter: “;;” is not one character."),
        ('delimiter = ";"', "", "[source] delimiter: the header of"),
        ('"%d.%m.%Y %H:%M"', '"d.m.Y"', "[source] dates: “d.m.Y” is no format"),
        ('number = "Nr"', "", "[columns] number: is missing: name the column that holds it."),
        ('"Nr"', '"Nummer"', "has no column “Nummer”; it has: Nr, Status, Erfasst"),
        ("[columns]", "[colums]", "colums: is unknown; did you mean “columns”?"),
        ('team = "Gruppe"', 'taem = "Gruppe"', "[columns] taem: is unknown; did you mean “team”?"),
        ('"Erledigt" = "closed"', '"Erledigt" = "done"', "[values.state] Erledigt: “done” is unknown; write one of new, "),
        ('"Erledigt" = "closed"', '"Erledigt" = "on_hold:moon"', "[values.state] Erledigt: “moon” is unknown; write one of customer"),
        ('"hoch" = 2', '"hoch" = "high"', "[values.priority] hoch: “high” is not a level: write a number, 1 is the highest."),
        ('title = "Kurztext"', "", "[templates] title: is missing: say what titles are made of, as in “{category}”."),
        ('keep = ["Standort"]', 'keep = "', "is no valid TOML"),
        ('keep = ["Standort"]', "keep = 5", "keep: is neither a text nor a list of texts."),
        ("[source]", '[templates]\ntitle = "{"\n[source]', "[templates] title: is no template"),
        ('unknown = ["-"]', 'rows = "events"', "[columns] updated_at: is missing: with one row per event, each needs its time."),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_one_sentence_with_file_and_key(
    world: World, tmp_path: Path, was: str, becomes: str, sentence: str
):
    assert was in RECORDS
    path = mapping(tmp_path, RECORDS.replace(was, becomes, 1))
    said = refusal(records(tmp_path, DONE), mapping=path)
    assert said.startswith(str(path))
    assert sentence in said
    assert Ticket.objects.count() == 0
