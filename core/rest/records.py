"""The two halves of a serializer: what a record answers, and what a caller may write."""

from collections.abc import Mapping
from typing import Any, ClassVar

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

    def _is_outermost(self) -> bool:
        parent = self.parent
        return parent is None or (isinstance(parent, serializers.ListSerializer) and parent.parent is None)


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
