"""Fields of the REST contract, strict about types: a number is no text, an instant has its zone."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core import time
from core.actor import Actor

Rows = Callable[[Actor], QuerySet]
LARGEST = 2**63 - 1  # what a bigint holds


class Text(serializers.CharField):
    """A text, and nothing that merely looks like one."""

    default_error_messages = {"invalid": _("This must be a text.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Zone(Text):
    """The name of a time zone, `Europe/Berlin`."""

    default_error_messages = {
        "unknown": _("There is no time zone “{value}”: use a name such as Europe/Berlin.")
    }

    def to_internal_value(self, data: Any) -> str:
        found = super().to_internal_value(data)
        if found and found not in zoneinfo.available_timezones():
            self.fail("unknown", value=found[:80])
        return found


class Whole(serializers.IntegerField):
    """A whole number as JSON has it: no text, no fraction, no true."""

    default_error_messages = {"invalid": _("This must be a whole number.")}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int) or abs(data) > LARGEST:
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    default_error_messages = {"invalid": _("This is true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Choice(serializers.ChoiceField):
    """One of the known words; the refusal lists them."""

    default_error_messages = {"unknown": _("Choose one of: {known}.")}

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank:
            return ""
        if isinstance(data, bool) or not isinstance(data, str | int) or data not in self.choices:
            self.fail("unknown", known=", ".join(str(one) for one in self.choices))
        return data


class Instant(serializers.DateTimeField):
    """An instant: RFC 3339 with its zone in, UTC with a `Z` out."""

    default_error_messages = {"zone": _("Write a date and time with its zone, like 2026-11-24T09:00:00Z.")}

    def to_internal_value(self, value: Any) -> dt.datetime:
        found = time.find_instant(value)
        if found is None:
            self.fail("zone")
        return found

    def to_representation(self, value: dt.datetime | None) -> str | None:
        return time.iso(value)


class Day(serializers.DateField):
    """A calendar day, `2026-11-24`."""

    default_error_messages = {"day": _("Write a day like 2026-11-24.")}

    def to_internal_value(self, value: Any) -> dt.date:
        try:
            found = parse_date(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or not time.is_sane(found):
            self.fail("day")
        return found


class Key(serializers.Field):
    """The bare key of a record: a slug, a number, an id or an address. What it leads to is looked up by the door."""

    default_error_messages = {"invalid": _("This is a key: a text or a whole number.")}

    def to_internal_value(self, data: Any) -> str | int:
        if isinstance(data, bool) or not isinstance(data, str | int) or data == "":
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class Reference(Key):
    """Another record: `{key, name}` out, its bare key in, found among the rows that the caller may see.

    `rows(actor)` narrows; `key` is the column behind the key, `name` the one behind the name.
    """

    default_error_messages = {"unknown": _("There is no {what} “{value}”.")}

    def __init__(
        self,
        rows: Rows | None = None,
        *,
        key: str = "slug",
        name: str = "name",
        what: str = "",
        **options: Any,
    ):
        self.rows, self.key, self.name, self.what = rows, key, name, what
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Model:
        found = find(self.rows(self.context["actor"]), self.key, super().to_internal_value(data))
        if found is None:
            self.fail("unknown", what=self.what or self.field_name, value=str(data)[:80])
        return found

    def to_representation(self, value: Model) -> dict[str, Any]:
        return reference(value, self.key, self.name)


def find(rows: QuerySet, key: str, value: str | int) -> Model | None:
    """The row with this key, or None; an id that is no whole number leads nowhere."""
    if key in ("id", "pk"):
        if not str(value).isdecimal() or int(value) > LARGEST:
            return None
        return rows.filter(pk=int(value)).first()
    return rows.filter(**{key: str(value)}).first()


def reference(row: Model | None, key: str = "slug", name: str = "name") -> dict[str, Any] | None:
    """`{key, name}`, or None for none."""
    return None if row is None else {"key": getattr(row, key), "name": str(getattr(row, name))}
