"""The REST door to on-call rotas: who it is now, the shifts to come, swaps."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import api, queries, rota, rota_actions, rotas
from accounts.choices import Gap, TurnUnit
from accounts.models import Rota, RotaSwap, Team, User
from calendars.models import Calendar
from core import errors, time
from core.actor import Actor
from core.rest import doors
from core.rest.fields import Choice, Day, Flag, Instant, Reference, Text, Whole, Zone, find, reference
from core.rest.records import Input, Record

LONGEST = dt.timedelta(days=92)


def teams(actor: Actor) -> QuerySet:
    """Teams the caller sees."""
    rows = Team.objects.visible_to(actor)
    return rows if actor.is_inside else rows.none()


def calendars(actor: Actor) -> QuerySet:
    """Business hours the caller sees."""
    return Calendar.objects.visible_to(actor)


class RotaRecord(Record):
    """One on-call rota of a team: its members take turns."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    team = Reference()
    time_zone = serializers.CharField()
    unit = serializers.CharField(help_text="days or weeks.")
    length = serializers.IntegerField(help_text="Days or weeks of one turn.")
    weekday = serializers.IntegerField(
        allow_null=True, help_text="Day of hand-over, 0 = Monday; null by days."
    )
    handover_time = serializers.TimeField(format="%H:%M", help_text="Local.")
    starts_on = Day()
    calendar = Reference(key="id")
    is_active = serializers.BooleanField()
    members = serializers.SerializerMethodField(help_text="[{key, name}], in the order of their turns.")
    version = serializers.IntegerField()

    def get_members(self, row: Rota) -> list[dict[str, Any]]:
        return [reference(one.user, "id") for one in row.places.all()]


class RotaInput(Input):
    team = Reference(teams, what="team")
    name = Text(max_length=120)
    members = serializers.ListField(
        child=api.UserKey(queries.desk_users, key="id", what="login"), max_length=100,
        help_text="Ids or addresses, in the order of their turns.",
    )  # fmt: skip
    time_zone = Zone(max_length=64, required=False)
    unit = Choice(choices=TurnUnit.choices, required=False)
    length = Whole(required=False, min_value=1, max_value=366)
    weekday = Whole(required=False, allow_null=True, min_value=0, max_value=6)
    handover_time = serializers.TimeField()
    starts_on = Day()
    calendar = Reference(calendars, key="id", what="calendar", required=False, allow_null=True)
    reason = Text(max_length=300, required=False, allow_blank=True)


class RotaChange(RotaInput):
    team = None
    name = Text(max_length=120, required=False)
    members = serializers.ListField(
        child=api.UserKey(queries.desk_users, key="id", what="login"), max_length=100, required=False,
        help_text="All of them anew, in the order of their turns.",
    )  # fmt: skip
    handover_time = serializers.TimeField(required=False)
    starts_on = Day(required=False)
    is_active = Flag(required=False)


class SwapRecord(Record):
    """One time in which another member is on call than whose turn it is."""

    id = serializers.IntegerField()
    user = Reference(key="id")
    from_at = Instant()
    to_at = Instant()
    reason = serializers.CharField()
    cancelled_at = Instant()
    version = serializers.IntegerField()


class SwapInput(Input):
    user = api.UserKey(queries.desk_users, key="id", what="login")
    from_at = Instant()
    to_at = Instant()
    reason = Text(max_length=300, required=False, allow_blank=True)


class CancelInput(Input):
    reason = Text(max_length=300, required=False, allow_blank=True)


class ShiftRecord(serializers.Serializer):
    from_at = Instant()
    to_at = Instant()
    user = serializers.DictField(allow_null=True, help_text="{key, name}; null: a gap.")
    planned = serializers.DictField(allow_null=True, help_text="Whose turn it would be.")
    deputy_of = serializers.DictField(
        allow_null=True, help_text="For whom a deputy stands in, or who is missing."
    )
    swap = serializers.IntegerField(allow_null=True, help_text="The swap behind it.")
    gap = serializers.CharField(allow_null=True, help_text=", ".join(Gap.values))


class OnCallRecord(serializers.Serializer):
    at = Instant()
    users = serializers.ListField(child=serializers.DictField(), help_text="[{key, name}]; empty: a gap.")
    gap = serializers.CharField(allow_null=True, help_text=", ".join(Gap.values))
    missing = serializers.CharField(help_text="Whose turn it would be, where he cannot take it.")


_TIME = [OpenApiParameter(name, str, description="An instant with its zone.") for name in ("since", "until")]


class Rotas(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """On-call rotas of the desk's teams. A customer's people see none."""

    resource = "rotas"
    model = Rota
    record, input, change = RotaRecord, RotaInput, RotaChange
    swaps_input, cancel_input = SwapInput, CancelInput
    order = ("name", "id")
    filters = {
        "team": lambda value, _actor: Q(team__slug__in=value.split(",")),
        "is_active": lambda value, _actor: Q(is_active=api.either(value)),
    }

    def rows(self) -> QuerySet:
        return rotas.visible(self.actor)

    def make(self, values: dict[str, Any]) -> Rota:
        members, reason = values.pop("members"), values.pop("reason", "")
        if values.get("unit", TurnUnit.WEEKS) == TurnUnit.WEEKS:
            values.setdefault("weekday", values["starts_on"].weekday())
        return rota_actions.create_rota(
            Rota(**values), by=self.actor, at=self.at, members=members, reason=reason
        )

    def alter(self, row: Rota, values: dict[str, Any], version: int | None) -> None:
        reason = values.pop("reason", "")
        rota_actions.change_rota(
            row, by=self.actor, at=self.at, fields=values, version=version, reason=reason
        )

    @extend_schema(methods=["GET"], responses=SwapRecord(many=True))
    @extend_schema(methods=["POST"], request=SwapInput, responses={201: SwapRecord})
    @action(detail=True, methods=["get", "post"], pagination_class=None, filter_backends=[])
    def swaps(self, request: Request, **kwargs: Any) -> Response:
        """The swaps that are not over, the next first; or one more."""
        row = self.get_object()
        if request.method == "GET":
            found = self.represent(rotas.swaps_of([row], self.at), SwapRecord)
            return Response({"results": found, "next": None, "previous": None})
        values, version = self.read(SwapInput), self.expected_version(row)
        made = rota_actions.swap(row, by=self.actor, at=self.at, version=version, **values)
        return Response(self.represent([made], SwapRecord)[0], status=201)

    @extend_schema(request=CancelInput, responses=SwapRecord)
    @action(
        detail=True, methods=["post"], pagination_class=None, filter_backends=[],
        url_path="swaps/(?P<swap_id>[0-9]{1,18})/cancel", url_name="cancel-swap",
    )  # fmt: skip
    def cancel(self, request: Request, swap_id: str, **kwargs: Any) -> Response:
        """Take a swap back; one that is under way ends now."""
        row = self.get_object()
        found = find(RotaSwap.objects.filter(rota=row).select_related("rota__team", "user"), "id", swap_id)
        if found is None:
            raise doors.nothing_here()
        done = rota_actions.cancel_swap(found, by=self.actor, at=self.at, **self.read(CancelInput))
        return Response(self.represent([done], SwapRecord)[0])

    @extend_schema(responses=ShiftRecord(many=True), parameters=_TIME)
    @action(
        detail=True, methods=["get"], pagination_class=None, filter_backends=[], parameters=("since", "until")
    )
    def shifts(self, request: Request, **kwargs: Any) -> Response:
        """The stretches of a time, gaps included; by default from now on for four weeks."""
        row = self.get_object()
        since = _instant(request, "since") or self.at
        until = _instant(request, "until") or since + rotas.COMING
        if not since < until <= since + LONGEST:
            raise errors.Malformed(
                _("Ask for 92 days at most."), errors={"until": [_("Ask for 92 days at most.")]}
            )
        found = rota.shifts(rotas.plans([row], since, until)[row.pk], since, until)
        return Response({"results": _shown(found), "next": None, "previous": None})


class Teams(api.Teams):
    """Teams of the desk, and who of them is on call."""

    @extend_schema(
        responses=OnCallRecord, parameters=[OpenApiParameter("at", str, description="An instant; now.")]
    )
    @action(
        detail=True, methods=["get"], pagination_class=None, filter_backends=[], url_path="on-call",
        url_name="on-call", parameters=("at",),
    )  # fmt: skip
    def on_call(self, request: Request, **kwargs: Any) -> Response:
        """Who of the team is on call at an instant, over all its active rotas."""
        team, at = self.get_object(), _instant(request, "at") or self.at
        found = rotas.on_call([team.pk], at)[team.pk]
        users = [reference(one, "id") for one in found.users]
        answer = {"at": at, "users": users, "gap": found.gap, "missing": found.missing}
        return Response(OnCallRecord(answer).data)


def _instant(request: Request, name: str) -> dt.datetime | None:
    """An instant of the query string. Raises Malformed."""
    given = request.GET.get(name)
    found = time.find_instant(given) if given else None
    if given and found is None:
        sentence = _("Write a date and time with its zone, like 2026-11-24T09:00:00Z.")
        raise errors.Malformed(sentence, errors={name: [sentence]})
    return found


def _shown(found: list[rota.Shift]) -> list[dict[str, Any]]:
    stands = [one.stand for one in found]
    ids = {pk for one in stands for pk in (one.user_id, one.planned_id, one.deputy_of) if pk}
    users = {pk: reference(one, "id") for pk, one in User.objects.in_bulk(ids).items()}
    return ShiftRecord(
        [
            {
                "from_at": one.from_at, "to_at": one.to_at, "user": users.get(one.stand.user_id or 0),
                "planned": users.get(one.stand.planned_id or 0), "swap": one.stand.swap_id,
                "deputy_of": users.get(one.stand.deputy_of or 0), "gap": one.stand.gap,
            }
            for one in found
        ],
        many=True,
    ).data  # fmt: skip
