"""What customers are told about a disturbance: the published words behind the portal's status line and status page."""

import datetime as dt

from django.db import models
from django.db.models import Q

from core.actor import ALL, Actor
from customers.models import ReferenceModel, ReferenceQuerySet, ScopedManager
from incidents.choices import NoticeAudience, NoticeState

SHOWN_AFTER = dt.timedelta(hours=24)  # how long the word that all is well again stays in sight


class StatusNoticeQuerySet(ReferenceQuerySet):
    def for_customer(self, customer_id: int | None) -> "StatusNoticeQuerySet":
        """What this customer may read: what was published to him, and what was published to everybody."""
        return self.filter(Q(customer=None) | Q(customer_id=customer_id))

    def for_the_world(self) -> "StatusNoticeQuerySet":
        """What may stand on a page that needs no sign-in."""
        return self.filter(customer=None, audience=NoticeAudience.WORLD)

    def published(self, at: dt.datetime) -> "StatusNoticeQuerySet":
        """What is out by now, the newest first."""
        return self.filter(published_at__lte=at).order_by("-published_at", "-id")

    def newest(self, at: dt.datetime) -> "StatusNoticeQuerySet":
        """The last word on each disturbance, as the rows that are left say it: call it last."""
        words = (
            self.filter(published_at__lte=at).order_by("thread", "-published_at", "-id").distinct("thread")
        )
        return self.filter(pk__in=words.values("pk")).order_by("-published_at", "-id")

    def current(self, at: dt.datetime) -> "StatusNoticeQuerySet":
        """The last word on each disturbance that goes on, or ended less than a day ago: call it last."""
        left = Q(published_at__gte=at - SHOWN_AFTER) | ~Q(state=NoticeState.RESOLVED)
        return self.newest(at).filter(left)


class StatusNotice(ReferenceModel):
    """One published word on one disturbance to one customer, or (customer null) to all. Append-only.

    `thread` ties the words on one disturbance together, without naming a ticket: whoever reads it may be of another
    customer than the ticket. Several customers concerned = a row each, so that nobody reads what is meant for another.
    """

    append_only = True
    thread = models.UUIDField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=13, choices=NoticeState)
    text = models.TextField()
    audience = models.CharField(max_length=9, choices=NoticeAudience, default=NoticeAudience.CUSTOMERS)
    next_update_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(StatusNoticeQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="status_notice_customer_id"),
            models.CheckConstraint(
                condition=~Q(audience=NoticeAudience.WORLD) | Q(customer=None),
                name="the_world_reads_no_customers_notice",
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="a_notice_says_something"),
        )
        indexes = (
            models.Index(fields=["customer", "-published_at"], name="status_notice_newest"),
            models.Index(fields=["thread", "-published_at", "-id"], name="status_notice_thread"),
        )

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def visible(actor: Actor, customer_id: int | None) -> "StatusNoticeQuerySet":
        """What this actor reads as one of this customer's people; nothing where the customer is not in his set."""
        rows = StatusNotice.objects.visible_to(actor)
        is_own = customer_id is not None and (actor.customers is ALL or customer_id in actor.customers)
        return rows.for_customer(customer_id) if is_own else rows.filter(customer=None)


class NoticeService(ReferenceModel):
    """One service that a notice is about; for a customer's notice one that he takes. Append-only."""

    append_only = True
    notice = models.ForeignKey(StatusNotice, models.PROTECT, related_name="about", db_index=False)
    service = models.ForeignKey("cmdb.ConfigurationItem", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "notice", "service"], nulls_distinct=False, name="notice_names_once"
            ),
        )
        indexes = (models.Index(fields=["notice"], name="service_of_notice"),)

    def __str__(self) -> str:
        return f"service {self.service_id} in notice {self.notice_id}"
