"""Where new tickets go: rules, what was decided for each ticket, and whose turn it is in a team."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from automation.choices import Method
from core.actor import Actor
from customers.models import CompartmentModel, Ownership, ReferenceModel, ScopedManager, ScopedQuerySet
from tickets.choices import Channel


class Rule(ReferenceModel):
    """One rule for new tickets: where all its conditions hold, its effects are carried out, and no later rule's.

    `customer` of the row is a condition too: null means every customer's tickets. `words`: any of them, by commas.
    """

    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=100)
    is_on = models.BooleanField(default=False)
    service = models.ForeignKey(
        "cmdb.ConfigurationItem", models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        "catalogue.Category", models.PROTECT, null=True, blank=True, related_name="+"
    )
    priorities = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    channels = ArrayField(models.CharField(max_length=12, choices=Channel), default=list, blank=True)
    words = models.CharField(max_length=300, blank=True)
    set_team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="+")
    set_assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    set_priority = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "name"], nulls_distinct=False, name="rule_name_once"),
            models.CheckConstraint(
                condition=Q(set_team__isnull=False)
                | Q(set_assignee__isnull=False)
                | Q(set_priority__isnull=False),
                name="a_rule_has_an_effect",
            ),
        )
        indexes = (models.Index(fields=["position", "id"], name="rule_in_order", condition=Q(is_on=True)),)

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "routing_rule"

    @property
    def journal_label(self) -> str:
        return self.name


class DecisionQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "DecisionQuerySet":
        """Decisions about tickets of the actor's customers and compartments; the desk's business only."""
        rows = self.of_customers(actor).filter(compartment__in=actor.compartments)
        return rows if actor.is_desk else rows.none()


class Decision(CompartmentModel):
    """Where one new ticket went, and why: one row for each ticket that was opened, written with it."""

    append_only = True
    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    method = models.CharField(max_length=8, choices=Method)
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, db_index=False, related_name="+")
    distribution = models.CharField(max_length=12, blank=True)
    team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, db_index=False, related_name="+")
    assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(DecisionQuerySet)()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "ticket"], name="one_decision_a_ticket"),)
        indexes = (
            models.Index(fields=["rule", "-id"], name="decision_of_rule", condition=Q(rule__isnull=False)),
        )

    def __str__(self) -> str:
        return f"ticket {self.ticket_id}: {self.method}"


class Rotation(models.Model):
    """Who of one team had the last turn. The row is locked while a turn is given, so that no turn is given twice."""

    ownership = Ownership.FRAMEWORK
    team = models.OneToOneField("accounts.Team", models.CASCADE, primary_key=True, related_name="+")
    last_user_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"team {self.team_id} after {self.last_user_id}"
