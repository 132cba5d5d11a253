"""How people look at tickets: views with a name, what they keep at hand, and what each has read."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Team, User
from core.actor import Actor
from customers.models import CompartmentModel, Ownership
from tickets.models.ticket import Ticket


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "SavedViewQuerySet":
        """One's own, one's teams', and those of the whole desk."""
        everybody = Q(owner=None, team=None)
        return self.filter(everybody | Q(owner_id=actor.user_id or 0) | Q(team_id__in=actor.teams))


class SavedView(models.Model):
    """One way to look at the queue, kept under a name: filters, order, groups, columns, density.

    It is a login's (`owner`), a team's (`team`), or the whole desk's (neither). It names values of filters and shows
    nobody a ticket: what a reader sees through it is what he may see.
    """

    ownership = Ownership.FRAMEWORK
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    filters = models.JSONField(default=dict, help_text='As in the query string: {"priority": "1,2"}.')
    ordering = models.CharField(max_length=24, blank=True)
    grouping = models.CharField(max_length=16, blank=True)
    columns = models.JSONField(
        default=list, help_text='Names of columns, each may carry a width: "team:160".'
    )
    density = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(SavedViewQuerySet)()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="a_view_has_one_owner"),
        )
        indexes = (models.Index(fields=["owner", "name"], name="view_of_owner"),)

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "view"

    @property
    def journal_label(self) -> str:
        return self.slug

    @property
    def belongs_to(self) -> str:
        """`me` (its one owner), `team` or `desk`."""
        return "me" if self.owner_id else "team" if self.team_id else "desk"


class ViewStar(models.Model):
    """One view that one login keeps at the top of the sidebar, at its place there. The slug may be a system view's."""

    ownership = Ownership.FRAMEWORK
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    slug = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=["user", "slug"], name="starred_once"),)

    def __str__(self) -> str:
        return f"{self.slug} of {self.user_id}"


class TicketRead(CompartmentModel):
    """Until when one login has read one ticket: what a customer wrote later is new to this login."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "ticket", "user"], name="ticket_read_once"),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} by {self.user_id}"
