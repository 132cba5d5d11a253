"""Mail speaks its reader's language; the catalogue that is read is the one that translators wrote."""

import ast
import gettext
from pathlib import Path

from django.conf import settings

from tests.notifications.post import deliver
from tests.places import World, report

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "de" / "LC_MESSAGES"
SOURCES = (
    "notifications/texts.py",
    "notifications/major.py",
    "notifications/storms.py",
    "notifications/digests.py",
    "notifications/work_texts.py",
    "notifications/reading.py",
)


def written() -> dict[str, str]:
    """The pairs of the file that translators edit."""
    found, key = {}, ""
    for line in (CATALOGUE / "django.po").read_text("utf-8").splitlines():
        if line.startswith("msgid "):
            key = ast.literal_eval(line.removeprefix("msgid "))
        elif line.startswith("msgstr ") and key:
            found[key] = ast.literal_eval(line.removeprefix("msgstr "))
    return found


def said() -> set[str]:
    """Every text that a mail asks to be translated."""
    calls = [
        node
        for name in SOURCES
        for node in ast.walk(ast.parse((Path(settings.BASE_DIR) / name).read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    ]
    return {ast.literal_eval(call.args[0]) for call in calls}


def test_the_compiled_catalogue_is_the_written_one():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {key: compiled.gettext(key) for key in written()} == written()


def test_every_text_of_a_mail_is_in_the_catalogue():
    assert said() - written().keys() == set()


def test_a_german_speaker_is_written_to_in_german(world: World):
    _speak(world, language="de", time_zone="Europe/Berlin")
    ticket = report(world.acme)
    (receipt,) = deliver()
    assert (
        "haben Ihre Meldung „VPN drops canary-acme“ am 18. November 2026, 13:00 CET erhalten." in receipt.text
    )
    assert f"Sie hat die Nummer {ticket.number}." in receipt.text
    assert '<html lang="de"' in receipt.html


def test_an_unknown_language_is_answered_in_english(world: World):
    _speak(world, language="tlh")
    report(world.acme)
    assert "We have received your report" in deliver()[0].text


def _speak(world: World, **fields: str) -> None:
    person = world.acme.requester
    for name, value in fields.items():
        setattr(person, name, value)
    person.save()
