"""The REST door to one's own notifications: the matrix, the hours, what is muted."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from core import errors
from core.actor import ActorKind
from core.rest import doors
from core.rest.fields import Instant
from core.rest.records import Input, Record
from notifications import preference_actions as actions
from notifications import profile

_MATRIX = "{kind: {email: now, digest or off; inbox: now or off}}"


class NotificationsRecord(Record):
    """What the caller is told of, defaults filled in. Times of day are in his own time zone."""

    matrix = serializers.DictField(child=serializers.DictField(), help_text=_MATRIX)
    digest_hour = serializers.IntegerField(help_text="0 to 23: when the daily mail comes.")
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_to = serializers.TimeField(allow_null=True)
    muted_until = Instant(help_text="Until when everything is muted.")
    muted_kinds = serializers.DictField(child=Instant(), help_text="{kind: until}")
    muted_tickets = serializers.DictField(
        child=Instant(allow_null=True), help_text="{number: until}; null = ever."
    )


class NotificationsInput(Input):
    """Only what is named changes. In the three mutes, what is null is heard of again."""

    matrix = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(max_length=12)),
        required=False,
        help_text=_MATRIX,
    )
    digest_hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    quiet_from = serializers.TimeField(required=False, allow_null=True)
    quiet_to = serializers.TimeField(required=False, allow_null=True)
    muted_until = Instant(required=False, allow_null=True)
    muted_kinds = serializers.DictField(child=Instant(allow_null=True), required=False)
    muted_tickets = serializers.DictField(
        child=serializers.JSONField(allow_null=True), required=False,
        help_text="{number: an instant, “ever”, or null to hear of it again}",
    )  # fmt: skip


class MyNotifications(doors.Door):
    """What the caller himself is told of. Personal: no entry of the journal tells of it."""

    resource = "me"
    model = User
    record = NotificationsRecord
    change = NotificationsInput
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=NotificationsRecord)
    def show(self, request: Request) -> Response:
        """What the caller is told of."""
        return self._answer(self._user())

    @extend_schema(responses=NotificationsRecord)
    def partial_update(self, request: Request) -> Response:
        """Change what is named."""
        user, given = self._user(), self.read(partial=True)
        named = {"by": self.actor, "at": self.at}
        hours = {name: given[name] for name in ("digest_hour", "quiet_from", "quiet_to") if name in given}
        if hours:
            habit = profile.read(user, self.actor, self.at).habit
            present = {name: getattr(habit, name) for name in ("digest_hour", "quiet_from", "quiet_to")}
            actions.set_hours(user, **named, **{**present, **hours})
        actions.choose(user, **named, cells=given.get("matrix", {}))
        everything = {"": given["muted_until"]} if "muted_until" in given else {}
        for topic, until in {**given.get("muted_kinds", {}), **everything}.items():
            if until is None:
                actions.unmute(user, **named, topic=topic)
            else:
                actions.mute(user, **named, topic=topic, until=until)
        for number, until in given.get("muted_tickets", {}).items():
            self._mute_ticket(user, number, until, named)
        return self._answer(user)

    def _mute_ticket(self, user: User, number: str, until: Any, named: dict[str, Any]) -> None:
        if until is None:
            actions.unmute_ticket(user, **named, number=number)
        else:
            end = None if until == "ever" else Instant().to_internal_value(until)
            actions.mute_ticket(user, **named, number=number, until=end)

    def _user(self) -> User:
        if self.actor.kind != ActorKind.USER:
            raise errors.Forbidden(_("A program is told of nothing here: it reads the journal."))
        return User.objects.get(pk=self.actor.id)

    def _answer(self, user: User) -> Response:
        found = profile.as_record(profile.read(user, self.actor, self.at))
        return Response(NotificationsRecord(found, context=self.get_serializer_context()).data)
