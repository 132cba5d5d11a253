"""What agents prepare for themselves, their team or everybody: macros, texts, and templates of new tickets."""

from django.db import models
from django.db.models import Q

from core.actor import Actor
from customers.models import CustomerModel, ReferenceModel, ReferenceQuerySet, ScopedManager
from tickets.choices import Channel, Level

MANAGE = "macro.write"


class OwnedQuerySet(ReferenceQuerySet):
    def usable_by(self, actor: Actor) -> "OwnedQuerySet":
        """Those in use that this person may take: everybody's, his teams', his own."""
        return self.readable_by(actor).filter(
            Q(user=None) | Q(user_id=actor.user_id), Q(team=None) | Q(team_id__in=actor.teams), is_active=True
        )

    def readable_by(self, actor: Actor) -> "OwnedQuerySet":
        """Those he may look at in the Settings: who keeps them for others sees all that is no one's own."""
        rows = self.visible_to(actor).filter(Q(user=None) | Q(user_id=actor.user_id))
        return (
            rows
            if actor.may(MANAGE) or actor.may("settings.read")
            else rows.filter(Q(team=None) | Q(team_id__in=actor.teams))
        )

    def for_customer(self, customer_id: int) -> "OwnedQuerySet":
        """Those for tickets of every customer, and of this one."""
        return self.filter(Q(customer=None) | Q(customer_id=customer_id))


class Owned(ReferenceModel):
    """Something prepared by one person (`user`), for one team (`team`) or, with neither, for everybody."""

    name = models.CharField(max_length=120)
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager.from_queryset(OwnedQuerySet)()

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(condition=Q(user=None) | Q(team=None), name="%(class)s_has_one_owner"),
            models.UniqueConstraint(
                fields=["customer", "user", "team", "name"], nulls_distinct=False, name="%(class)s_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return self.name


class Macro(Owned):
    """One macro: texts and changes that an agent takes together. Texts hold variables (automation/variables.py).

    `verb` is a verb of the workflow and `values` its inputs, `{"code": "fixed"}`; `takes` assigns to who applies it.
    """

    reply = models.TextField(blank=True)
    note = models.TextField(blank=True)
    verb = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict, blank=True)
    set_priority = models.PositiveSmallIntegerField(null=True, blank=True)
    priority_reason = models.CharField(max_length=200, blank=True)
    set_team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="+")
    set_assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    takes = models.BooleanField(default=False)
    set_category = models.ForeignKey(
        "catalogue.Category", models.PROTECT, null=True, blank=True, related_name="+"
    )

    @property
    def journal_kind(self) -> str:
        return "macro"


class SavedText(Owned):
    """One saved reply, with variables and, as `{{ cursor }}`, the place where writing goes on."""

    body = models.TextField()

    @property
    def journal_kind(self) -> str:
        return "saved_text"


class MacroUse(CustomerModel):
    """How often one macro was used on one service of one customer (service null: on tickets without one)."""

    macro = models.ForeignKey(Macro, models.CASCADE, related_name="uses")
    service = models.ForeignKey("cmdb.ConfigurationItem", models.CASCADE, null=True, related_name="+")
    uses = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "macro", "service"], nulls_distinct=False, name="macro_use_once"
            ),
        )

    def __str__(self) -> str:
        return f"macro {self.macro_id}: {self.uses}"


class TicketTemplate(Owned):
    """A new ticket, filled in: by an agent with one press, or by a schedule. `kind` is the process that it opens."""

    kind = models.CharField(max_length=20, default="incident")
    title = models.CharField(max_length=250)
    description = models.TextField(blank=True)
    service = models.ForeignKey(
        "cmdb.ConfigurationItem", models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        "catalogue.Category", models.PROTECT, null=True, blank=True, related_name="+"
    )
    impact = models.PositiveSmallIntegerField(choices=Level, default=Level.LOW)
    urgency = models.PositiveSmallIntegerField(choices=Level, default=Level.LOW)
    to_team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="+")
    to_user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.DESK)

    @property
    def journal_kind(self) -> str:
        return "ticket_template"
