"""What people of one customer asked for often this week: their own words, shown once three of them used the same.

Kept in the cache only, for eight days, by pseudonyms of persons: losing it loses nothing, and nobody can be read out.
"""

import datetime as dt

from django.core import signing
from django.core.cache import cache
from django.db import connection

from customers.models import Customer

LEAST_PEOPLE = 3
MOST_PHRASES = 200  # that are counted for one customer
SHOWN = 4
SHORTEST, LONGEST = 3, 40
KEEP_SECONDS = int(dt.timedelta(days=8).total_seconds())

Counted = dict[str, list[str]]


def note(customer: Customer | None, person_key: str, phrase: str, at: dt.datetime) -> None:
    """Count that this human has searched for this phrase this week. Numbers and long texts are nobody's question."""
    words = _normal(phrase)
    if customer is None or not SHORTEST <= len(words) <= LONGEST or any(one.isdigit() for one in words):
        return
    place = _place(customer, at)
    counted: Counted = cache.get(place) or {}
    people = counted.setdefault(words, [])
    name = signing.Signer(salt="often asked").signature(person_key)[:16]
    if name in people or len(people) >= LEAST_PEOPLE * 10 or len(counted) > MOST_PHRASES:
        return
    people.append(name)
    cache.set(place, counted, KEEP_SECONDS)


def asked(customer: Customer | None, at: dt.datetime) -> list[str]:
    """The phrases that at least three people of this customer searched for this week, the most frequent first."""
    counted: Counted = (cache.get(_place(customer, at)) if customer else None) or {}
    often = [(len(people), words) for words, people in counted.items() if len(people) >= LEAST_PEOPLE]
    return [
        words[:1].upper() + words[1:] for _count, words in sorted(often, key=lambda one: (-one[0], one[1]))
    ][:SHOWN]


def _normal(phrase: str) -> str:
    return " ".join(phrase.lower().split())


def _place(customer: Customer, at: dt.datetime) -> str:
    year, week, _day = at.isocalendar()
    return f"often:{connection.settings_dict['NAME']}:{customer.pk}:{year}-{week}"
