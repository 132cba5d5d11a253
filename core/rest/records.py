"""The two halves of a serializer: what a record answers, and what a caller may write."""

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.rest.fields import Reference

_NULLABLE = (Reference, serializers.DateTimeField, serializers.DateField)  # none, or not yet


class Record(serializers.Serializer):
    """A record as its caller may see it. `inner` names are never shown to a customer's people.

    The context holds `actor`, and `chosen` where the caller named the fields he wants.
    """

    inner: ClassVar[tuple[str, ...]] = ()

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for one in fields.values():
            one.allow_null = one.allow_null or isinstance(one, _NULLABLE)
        actor = self.context.get("actor")
        if actor is not None and not actor.is_inside:
            fields = {name: one for name, one in fields.items() if name not in self.inner}
        chosen = self.context.get("chosen")
        if chosen and self._is_outermost():
            fields = {name: one for name, one in fields.items() if name in chosen}
        return fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As the framework does it, without what no field of ours has: a list asks this fifty times thirty fields."""
        found = {}
        for name, read, field in self._readers:
            try:
                value = _read(read, field, instance)
            except serializers.SkipField:
                continue
            found[name] = None if value is None else field.to_representation(value)
        return found

    @functools.cached_property
    def _readers(self) -> list[tuple[str, Callable[[Any], Any] | None, serializers.Field]]:
        return [
            (one.field_name, operator.attrgetter(one.source) if one.source_attrs else None, one)
            for one in self._readable_fields
        ]

    def _is_outermost(self) -> bool:
        parent = self.parent
        return parent is None or (isinstance(parent, serializers.ListSerializer) and parent.parent is None)


def _read(read: Callable[[Any], Any] | None, field: serializers.Field, instance: Any) -> Any:
    """The value of a field: by a plain look at attributes, and as the framework finds it where that finds none."""
    if read is not None:
        try:
            value = read(instance)
        except (AttributeError, ObjectDoesNotExist):
            return field.get_attribute(instance)
        if not callable(value):
            return value
    return field.get_attribute(instance)


class Input(serializers.Serializer):
    """What a caller may write. A field that is not declared is refused by name, never ignored."""

    default_error_messages = {"invalid": _("This must be a JSON object.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            if unknown:
                sentence = _("There is no such field here.")
                raise serializers.ValidationError({name: [sentence] for name in unknown})
        return super().to_internal_value(data)
