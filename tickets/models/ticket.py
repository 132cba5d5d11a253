"""The ticket: one table that holds what every queue, filter and report sorts by. Details live in the processes."""

import datetime as dt

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Least
from simple_history.models import HistoricalRecords

from accounts.models import Person
from core.actor import ALL, Actor, Side
from customers.models import (
    CompartmentModel,
    Customer,
    HistoryModel,
    Life,
    ScopedManager,
    ScopedQuerySet,
    Sharing,
)
from tickets.choices import OPEN_PHASES, Channel, HoldKind, Level, Origin, Phase

FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)  # the place in the queue of what has no deadline


class TicketQuerySet(ScopedQuerySet):
    """Named reads on the core. `of()` states the kind, so that a per-type list never mixes processes."""

    def of(self, kind: str) -> "TicketQuerySet":
        return self.filter(kind=kind)

    def open(self) -> "TicketQuerySet":
        """What is to be done: nothing is, for a customer in the archive."""
        archived = Customer.objects.filter(life=Life.ARCHIVED).values("id")
        return self.filter(phase__in=OPEN_PHASES).exclude(customer_id__in=archived)

    def visible_to(self, actor: Actor) -> "TicketQuerySet":
        """Tickets of the actor's customers and compartments; for a customer's people as far as sharing goes."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        rows = rows.filter(compartment__in=actor.compartments)
        if actor.side == Side.SUPPLIER:
            return rows.filter(_handed_to(actor))
        return rows if actor.is_inside else rows.filter(_shared_with(actor))

    def of_requester(self, actor: Actor) -> "TicketQuerySet":
        """The tickets that this human asked for, whatever else he may see."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        return rows.filter(compartment__in=actor.compartments, requester_id__in=actor.persons)

    def of_person(self, actor: Actor) -> "TicketQuerySet":
        """What this human asked for or takes part in, whatever else he may see. By ids, each half by its own index."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        asked = self.model._default_manager.of_requester(actor).order_by().values("id")
        return rows.filter(
            Q(id__in=asked.union(_takes_part(actor), all=True)), compartment__in=actor.compartments
        )

    def numbered(self, number: str) -> "TicketQuerySet":
        """The ticket with this number, however it was typed."""
        return self.filter(number=number.strip().upper())


def _shared_with(actor: Actor) -> Q:
    """Own tickets; all of a customer that shares all, or that the actor manages; the site's where sites share."""
    managed = [one for one in actor.grants if actor.may("ticket.read_customer", one)]
    own_sites = Person.objects.of_customers(actor).filter(id__in=actor.persons).values("site_id")
    same_site = Q(customer__sharing=Sharing.SITE, requester__site_id__in=own_sites)
    return (
        Q(requester_id__in=actor.persons)
        | Q(id__in=_takes_part(actor))
        | Q(customer_id__in=managed)
        | Q(customer__sharing=Sharing.ALL)
        | (same_site if actor.persons else Q(pk=None))
    )


def _handed_to(actor: Actor) -> Q:
    """What the supplier of this actor has, or once had, in hand."""
    handovers = Ticket._meta.get_field("handovers").related_model._default_manager
    return Q(id__in=handovers.filter(party_id__in=actor.parties).values("ticket_id"))


def _takes_part(actor: Actor) -> models.QuerySet:
    """The tickets that this human was let into. Asked for by name: that model stands below and points at this one."""
    rows = apps.get_model("tickets", "Participant")._default_manager.of_customers(actor)
    return rows.filter(person_id__in=actor.persons).values("ticket_id")


class TicketManager(ScopedManager.from_queryset(TicketQuerySet)):
    """Leaves the words for the search where they are: no row is read for them."""

    def get_queryset(self):
        return super().get_queryset().defer("search")


class Ticket(CompartmentModel):
    """One record of work, of any process. `kind` says which; its own form's fields lie in that process's detail row."""

    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=250)
    state = models.CharField(max_length=24)
    phase = models.CharField(max_length=8, choices=Phase)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.PORTAL)
    origin = models.CharField(max_length=6, choices=Origin, default=Origin.LIVE)

    impact = models.PositiveSmallIntegerField(choices=Level, default=Level.LOW)
    urgency = models.PositiveSmallIntegerField(choices=Level, default=Level.LOW)
    priority = models.PositiveSmallIntegerField()
    priority_override = models.PositiveSmallIntegerField(null=True, blank=True)
    matrix_version = models.PositiveIntegerField(null=True)

    requester = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    site = models.ForeignKey(
        "accounts.Site", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    service = models.ForeignKey(
        "cmdb.ConfigurationItem", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    category = models.ForeignKey("catalogue.Category", models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, related_name="+")
    assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    is_major = models.BooleanField(default=False)

    hold_kind = models.CharField(max_length=12, choices=HoldKind, blank=True)
    hold_reason = models.ForeignKey("tickets.HoldReason", models.PROTECT, null=True, related_name="+")
    hold_until = models.DateTimeField(null=True)

    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_key = models.GeneratedField(
        expression=Coalesce("due_at", models.Value(FAR)), output_field=models.DateTimeField(), db_persist=True
    )
    due_metric = models.CharField(max_length=24, blank=True)
    clock_from = models.DateTimeField(null=True)
    chase_at = models.DateTimeField(
        null=True, help_text="Next reminder of a customer hold, or when it closes itself."
    )
    chase_count = models.PositiveSmallIntegerField(default=0, help_text="Reminders sent since it waits.")
    update_due_at = models.DateTimeField(null=True)
    next_at = models.GeneratedField(
        expression=Least("due_at", "hold_until", "chase_at", "update_due_at"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    last_customer_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    thanked_at = models.DateTimeField(null=True, help_text="Last word of thanks since it was resolved.")
    blocked_at = models.DateTimeField(
        null=True, help_text="Since when it would have ended by itself, but a rule does not let it."
    )
    reopen_count = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    search = models.GeneratedField(
        expression=SearchVector("number", "title", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    chosen: frozenset[str] = frozenset()  # no column: what its opener chose himself, until it is placed

    told = ""  # what the last verb on this instance wants its actor to know, beside the state

    objects = TicketManager()
    history = HistoricalRecords(
        bases=[HistoryModel],
        history_id_field=models.BigAutoField(primary_key=True),
        excluded_fields=[
            "next_at",
            "search",
            "due_at",
            "due_key",
            "due_metric",
            "clock_from",
            "chase_at",
            "chase_count",
            "blocked_at",
            "updated_at",
            "last_customer_at",
        ],
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id", "compartment"], name="ticket_customer_id"),
            models.CheckConstraint(
                condition=~Q(phase=Phase.WAITING) | Q(origin=Origin.IMPORT) | ~Q(hold_kind=""),
                name="waiting_says_for_whom",
            ),
            models.CheckConstraint(
                condition=~Q(hold_kind=HoldKind.SCHEDULED) | Q(hold_until__isnull=False),
                name="scheduled_says_until",
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.IMPORT) | ~Q(phase=Phase.RESOLVED) | Q(resolved_at__isnull=False),
                name="resolved_says_when",
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.IMPORT) | ~Q(phase=Phase.CLOSED) | Q(closed_at__isnull=False),
                name="closed_says_when",
            ),
            models.CheckConstraint(
                condition=Q(impact__range=(1, 3), urgency__range=(1, 3)), name="levels_1_to_3"
            ),
        )
        indexes = (
            models.Index(
                fields=["customer", "due_key", "id"],
                name="ticket_queue_of_customer",
                condition=Q(phase__in=OPEN_PHASES),
            ),
            models.Index(fields=["due_key", "id"], name="ticket_queue", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(fields=["assignee", "id"], name="ticket_mine", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(fields=["team", "id"], name="ticket_of_team", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(
                fields=["next_at"], name="ticket_owed", condition=Q(phase__in=[*OPEN_PHASES, Phase.RESOLVED])
            ),
            models.Index(fields=["customer", "-id"], name="ticket_newest"),
            models.Index(fields=["customer", "requester", "-id"], name="ticket_of_requester"),
            models.Index(
                fields=["customer", "-closed_at", "-id"], name="ticket_closed", condition=Q(phase="closed")
            ),
            models.Index(
                fields=["customer", "id"], name="ticket_blocked", condition=Q(blocked_at__isnull=False)
            ),
            # The orders that the queue offers beside time left, for who sees all customers.
            models.Index(
                fields=["priority", "id"], name="ticket_by_priority", condition=Q(phase__in=OPEN_PHASES)
            ),
            models.Index(
                fields=["updated_at", "id"], name="ticket_by_change", condition=Q(phase__in=OPEN_PHASES)
            ),
            models.Index(
                fields=["opened_at", "id"], name="ticket_by_opening", condition=Q(phase__in=OPEN_PHASES)
            ),
            models.Index(
                fields=["-closed_at", "-id"], name="ticket_last_closed", condition=Q(phase="closed")
            ),
            GinIndex(fields=["customer", "search"], name="ticket_search"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.phase in OPEN_PHASES

    @property
    def journal_kind(self) -> str:
        return self.kind

    @property
    def journal_label(self) -> str:
        return self.number
