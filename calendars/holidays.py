"""Proposals of public holidays. The library only proposes: what is saved into a version is what counts."""

import datetime as dt
import re

import holidays as library
from django.utils.translation import gettext as _
from holidays import registry

from core import errors

MOST_YEARS = 10


def countries() -> dict[str, list[str]]:
    """The countries that proposals exist for, by ISO code, each with the codes of its parts."""
    return {code: list(parts) for code, parts in library.list_supported_countries().items()}


def names() -> list[tuple[str, str]]:
    """(ISO code, English name) of the countries that proposals exist for, by name."""
    spaced = re.compile(r"(?<=[a-z])(?=[A-Z])")
    known = {codes[1]: spaced.sub(" ", codes[0]) for codes in registry.COUNTRIES.values()}
    return sorted(known.items(), key=lambda one: one[1])


def propose(country: str, *, first_year: int, last_year: int, part: str = "") -> list[dict[str, str]]:
    """Public holidays of a country (`DE`) and its part (`BE`), both years included: [{"date", "name"}], in order.

    Raises Invalid for an unknown country or part, or more than ten years.
    """
    known = library.list_supported_countries()
    if country not in known:
        raise errors.required("country", _("No holidays are known for “%(code)s”.") % {"code": country})
    if part and part not in known[country]:
        sentence = _("“%(part)s” is no part of %(code)s that holidays are known for.")
        raise errors.required("part", sentence % {"part": part, "code": country})
    if not dt.MINYEAR <= first_year <= last_year < first_year + MOST_YEARS:
        raise errors.required("last_year", _("Ask for one to ten years, the first one first."))
    years = range(first_year, last_year + 1)
    found = library.country_holidays(country, subdiv=part or None, years=years)
    return [{"date": on.isoformat(), "name": str(name)} for on, name in sorted(found.items())]
