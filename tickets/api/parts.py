"""What hangs on a ticket of any process: its conversation, files, links and journal; and files on their way to one."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import downloads, errors
from core.rest import doors
from journal.models import Entry
from tickets import actions, policy, processes, queries, verbs
from tickets.api import inputs, records
from tickets.models import Answer, Attachment, Link, Message, Ticket, Upload

_MULTIPART = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
}


class Part(doors.Door):
    """Something of one ticket. The ticket is looked up first: who does not see it sees nothing of it."""

    resource = "tickets"
    ticket: Ticket

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        found = (
            Ticket.objects.visible_to(self.actor)
            .numbered(kwargs["number"])
            .select_related("customer")
            .first()
        )
        if found is None:
            raise doors.nothing_here()
        self.ticket = found

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "ticket": getattr(self, "ticket", None)}

    def present(self, row: Any) -> dict[str, Any]:
        """What is stale here is the ticket: as it stands now."""
        records.show([row], self.actor)
        return dict(records.TicketRecord(row, context=self.get_serializer_context()).data)


class Messages(doors.Lists, Part):
    """The conversation, oldest first, as far as the caller is in its audiences."""

    model = Message
    record, input = records.MessageRecord, inputs.MessageInput
    order = ("at", "id")
    orderings = {"at": ("at", "id"), "-at": ("-at", "-id")}

    def rows(self) -> QuerySet:
        return queries.messages(self.ticket, self.actor)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Reply, or write a note: 201 with the message."""
        given = self.read()
        raw = {"body": given["body"], "uploads": given.get("attachments", [])}
        if "audience" in given:
            raw["audience"] = self._fitting(given["kind"], given["audience"])
        version = self.expected_version(self.ticket)
        done = verbs.run(self.ticket, given["kind"], raw, by=self.actor, at=self.at, version=version)
        said = self.rows().filter(kind=given["kind"], author_kind=self.actor.kind, author_id=self.actor.id)
        newest = said.order_by("-id").first()
        return Response(self.represent([newest])[0], status=201, headers=self._tag(done))

    def _fitting(self, kind: str, audience: str) -> str:
        """The audience, where the workflow offers it for this kind of message. Raises Invalid."""
        transition = processes.of(self.ticket).workflow.transition(kind)
        known = [
            value for one in transition.fields if one.name == "audience" for value, _label in one.choices()
        ]
        if audience not in known:
            sentence = _("A %(kind)s goes to one of: %(known)s.") % {"kind": kind, "known": ", ".join(known)}
            raise errors.required("audience", sentence)
        return audience


class _Sending:
    """POST of one file, as multipart/form-data in the field `file`."""

    def _upload(self, request: Request) -> Response:
        file = request.FILES.get("file")
        unknown = sorted({*request.data} - {"file"})
        if unknown or file is None or len(request.FILES.getlist("file")) != 1:
            sentence = _("Send exactly one file, in the field “file”.")
            raise errors.Malformed(sentence, errors={name: [sentence] for name in unknown or ["file"]})
        made = actions.upload(file, by=self.actor, at=self.at)
        return Response(self.represent([made], records.UploadRecord)[0], status=201)


class Glass(doors.Door):
    """The way into a restricted ticket for who is not on its list: with a reason, for eight hours, not unseen."""

    resource = "tickets"
    record = records.TicketRecord
    break_glass_input = inputs.GlassInput
    filter_backends = ()
    pagination_class = None

    @extend_schema(request=inputs.GlassInput, responses={200: records.TicketRecord})
    def break_glass(self, request: Request, number: str, **kwargs: Any) -> Response:
        """See a restricted ticket; the people on its list are told who looked, and why."""
        given = self.read()
        ticket = actions.break_glass(number, by=self.actor, at=self.at, reason=given["reason"])
        request.actor = request.actor.inside(ticket.compartment)
        rows = queries.rows(Ticket.objects.visible_to(self.actor)).select_related("site")
        shown = rows.get(pk=ticket.pk)
        records.show([shown], self.actor)
        return Response(records.TicketRecord(shown, context=self.get_serializer_context()).data)


class Uploads(_Sending, doors.Door):
    """Files on their way: kept for who sent them, until a message takes them or 24 hours are over."""

    resource = "uploads"
    model = Upload
    record = records.UploadRecord
    parser_classes = (MultiPartParser,)
    filter_backends = ()
    pagination_class = None

    @extend_schema(request=_MULTIPART, responses={201: records.UploadRecord})
    def send(self, request: Request) -> Response:
        """Store one file; its id goes into `attachments` of a message or a new ticket."""
        return self._upload(request)


class Attachments(_Sending, doors.Lists, Part):
    """Files of the ticket's messages, as far as the caller is in their audiences."""

    model = Attachment
    record = records.AttachmentRecord
    parser_classes = (MultiPartParser,)
    order = ("id",)

    def rows(self) -> QuerySet:
        own = {"customer_id": self.ticket.customer_id, "ticket": self.ticket}
        return Attachment.objects.visible_to(self.actor).filter(**own)

    @extend_schema(request=_MULTIPART, responses={201: records.UploadRecord})
    def send(self, request: Request, **kwargs: Any) -> Response:
        """Store one file for a message to this ticket: the same as uploads/."""
        return self._upload(request)

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 206: OpenApiTypes.BINARY}
    )
    def content(self, request: Request, number: str, id: str) -> HttpResponseBase:
        """The bytes, whole or by Range."""
        one = self.get_object()
        return downloads.serve(
            request,
            key=one.storage_key,
            name=one.name,
            content_type=one.content_type,
            size=one.size,
            sha256=one.sha256,
        )


class Links(doors.Lists, Part):
    """Links to other tickets that the caller sees. A customer's people see none."""

    model = Link
    record, input = records.LinkRecord, inputs.LinkInput
    order = ("id",)

    def rows(self) -> QuerySet:
        rows = Link.objects.filter(
            Q(customer_id=self.ticket.customer_id, ticket=self.ticket)
            | Q(other_customer_id=self.ticket.customer_id, other=self.ticket)
        )
        seen = Ticket.objects.visible_to(self.actor).values("id")
        rows = rows.filter(ticket_id__in=seen, other_id__in=seen).select_related("ticket", "other")
        return rows if policy.sees_inside(self.actor, self.ticket) else rows.none()

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Link this ticket to another: 201 with the link."""
        given = self.read()
        other = Ticket.objects.visible_to(self.actor).numbered(given["number"]).first()
        if other is None:
            sentence = _("There is no ticket “%(number)s”.") % {"number": given["number"]}
            raise errors.Malformed(sentence, errors={"number": [sentence]})
        made = actions.link(self.ticket, by=self.actor, at=self.at, kind=given["kind"], other=other)
        place = request.build_absolute_uri(f"{request.path}{made.pk}/")
        return Response(self.represent([made])[0], status=201, headers={"Location": place})

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One link."""
        return Response(self.represent([self.get_object()])[0])

    def destroy(self, request: Request, id: str, **kwargs: Any) -> Response:
        """Take the link away. Only from the side that says it."""
        actions.unlink(self.ticket, by=self.actor, at=self.at, link_id=self.get_object().pk)
        return Response(status=204)


class Rating(Part):
    """How it went, as the customer said after closing."""

    @extend_schema(responses={200: records.RatingRecord})
    def show(self, _request: Request, **_named: Any) -> Response:
        """The question, and the answer once there is one. 404 where nobody was asked, or the caller may not read it."""
        row = Answer.objects.visible_to(self.actor).filter(ticket=self.ticket).first()
        if row is None:
            raise doors.nothing_here()
        return Response(records.RatingRecord(row, context=self.get_serializer_context()).data)


class Journal(doors.Lists, Part):
    """What happened to the ticket, newest first, as far as the caller reads it."""

    model = Entry
    record = records.EntryRecord
    order = ("-at", "-id")
    orderings = {"-at": ("-at", "-id"), "at": ("at", "id")}

    def rows(self) -> QuerySet:
        return queries.entries(self.ticket, self.actor)
