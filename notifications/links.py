"""Addresses in mails: whole, from the installation's own base, and never one that changes anything by being opened."""

from urllib.parse import quote, urlsplit

from django.conf import settings


def to_record(number: str) -> str:
    """The page of a record, `https://desk.example.com/INC-1001`: each reader is led to his own door."""
    return f"{settings.BASE_URL}/{quote(number)}"


def to_survey(token: str, score: int) -> str:
    """The page that asks how it went, with a score chosen."""
    return f"{settings.BASE_URL}/survey/{quote(token)}/?score={score}"


def host() -> str:
    """The installation's host name, for Message-IDs."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"
