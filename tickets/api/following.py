"""Who follows a ticket: watchers of the desk, each on his own list; participants of the customer."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person, email_key
from core import errors
from core.rest import doors
from core.rest.fields import Instant, Key, Reference, find
from core.rest.records import Input, Record
from tickets import actions, policy
from tickets.api.parts import Part
from tickets.models import Participant, Watcher


class WatcherRecord(Record):
    """One login of the desk that follows the ticket."""

    id = serializers.IntegerField()
    user = Reference(key="id")
    since_at = Instant()


class ParticipantRecord(Record):
    """One person of the customer who sees the ticket beside its requester."""

    id = serializers.IntegerField()
    person = Reference(key="id")
    since_at = Instant()


class WatcherInput(Input):
    """Nothing: one follows a ticket oneself."""


class ParticipantInput(Input):
    person = Key(help_text="A person's id or email address, of the ticket's customer.")


class Watchers(doors.Lists, Part):
    """Who follows the ticket at the desk. A customer's people see none."""

    model = Watcher
    record, input = WatcherRecord, WatcherInput
    order = ("id",)

    def rows(self) -> QuerySet:
        rows = Watcher.objects.filter(customer_id=self.ticket.customer_id, ticket=self.ticket)
        rows = rows.select_related("user")
        return rows if policy.sees_inside(self.actor, self.ticket) else rows.none()

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Follow the ticket: 201 with one's own place on the list."""
        self.read()
        actions.watch(self.ticket, by=self.actor, at=self.at)
        return Response(self.represent([self.rows().get(user_id=self.actor.user_id)])[0], status=201)

    def destroy(self, request: Request, id: str, **kwargs: Any) -> Response:
        """Follow it no more. Only one's own."""
        if self.get_object().user_id != self.actor.user_id:
            raise errors.Forbidden(_("Everybody keeps his own list: only he takes himself off it."))
        actions.unwatch(self.ticket, by=self.actor, at=self.at)
        return Response(status=204)


class Participants(doors.Lists, Part):
    """Who of the customer takes part in the ticket beside its requester."""

    model = Participant
    record, input = ParticipantRecord, ParticipantInput
    order = ("id",)

    def rows(self) -> QuerySet:
        rows = Participant.objects.filter(customer_id=self.ticket.customer_id, ticket=self.ticket)
        return rows.select_related("person")

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let a person take part: 201 with the place on the list."""
        made = actions.add_participant(
            self.ticket, by=self.actor, at=self.at, person=self._person(self.read()["person"])
        )
        return Response(self.represent([made])[0], status=201)

    def destroy(self, request: Request, id: str, **kwargs: Any) -> Response:
        """Take a person out again."""
        actions.remove_participant(
            self.ticket, by=self.actor, at=self.at, participant_id=self.get_object().pk
        )
        return Response(status=204)

    def _person(self, key: str | int) -> Person:
        rows = Person.objects.visible_to(self.actor).filter(
            customer_id=self.ticket.customer_id, is_active=True
        )
        is_address = isinstance(key, str) and "@" in key
        found = find(rows, "email_key", email_key(key)) if is_address else find(rows, "id", key)
        if found is None:
            sentence = _("There is no such person at this customer.")
            raise errors.Malformed(sentence, errors={"person": [sentence]})
        return found
