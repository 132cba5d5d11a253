"""Saved views of the queue by REST: read, keep, change, drop. `GET tickets/?view=<slug>` lists what one shows."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Team
from core import errors
from core.actor import Actor
from core.rest import doors
from core.rest.fields import Choice, Reference, Text
from core.rest.records import Input, Record
from tickets import standing, view_actions
from tickets.models import SavedView


def own_teams(actor: Actor) -> QuerySet:
    """The teams that the caller is in."""
    return Team.objects.filter(id__in=actor.teams)


class ViewRecord(Record):
    """One saved view."""

    slug = serializers.CharField()
    name = serializers.CharField()
    belongs_to = serializers.CharField(help_text="me, team or desk.")
    team = Reference()
    filters = serializers.DictField(help_text="As in the query string of tickets/.")
    ordering = serializers.CharField()
    grouping = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    density = serializers.CharField()
    version = serializers.IntegerField()


class ViewChange(Input):
    name = Text(max_length=80, required=False)
    filters = serializers.DictField(child=Text(max_length=400), required=False)
    ordering = Text(max_length=24, required=False, allow_blank=True)
    grouping = Choice(choices=standing.GROUPINGS, required=False, allow_blank=True)
    columns = serializers.ListField(child=Text(max_length=30), required=False, max_length=30)
    density = Choice(choices=standing.DENSITIES, required=False, allow_blank=True)


class ViewInput(ViewChange):
    name = Text(max_length=80)
    team = Reference(own_teams, what="team", required=False, allow_null=True)


class Views(doors.Lists, doors.Reads, doors.Creates, doors.Changes, doors.Door):
    """Saved views of the queue: one's own, one's teams', the desk's."""

    resource = "views"
    model = SavedView
    record = ViewRecord
    input = ViewInput
    change = ViewChange
    lookup_field = "slug"
    lookup_value_regex = "[a-z0-9_-]{1,80}"

    def rows(self) -> QuerySet:
        if not self.actor.is_desk:
            return SavedView.objects.none()
        return SavedView.objects.visible_to(self.actor).select_related("team")

    def get_object(self) -> SavedView:
        found = self.get_queryset().filter(slug=self.kwargs["slug"]).first()
        if found is None:
            raise doors.nothing_here()
        return found

    def make(self, values: dict[str, Any]) -> SavedView:
        team = values.pop("team", None)
        if team is None and self.actor.user_id is None:
            raise errors.Forbidden(_("A program keeps no views of its own: name a team."))
        owner = None if team else self.actor.user_id
        view = SavedView(owner_id=owner, team=team, **values)
        return view_actions.create_view(view, by=self.actor, at=self.at)

    def alter(self, row: SavedView, values: dict[str, Any], version: int | None) -> None:
        view_actions.change_view(row, by=self.actor, at=self.at, fields=values, version=version)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Drop a view."""
        row = self.get_object()
        self.expected_version(row)
        view_actions.delete_view(row, by=self.actor, at=self.at)
        return Response(status=status.HTTP_204_NO_CONTENT)
