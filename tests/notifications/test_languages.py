"""Mail speaks its reader's language."""

from tests.notifications.post import deliver
from tests.places import World, report


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
