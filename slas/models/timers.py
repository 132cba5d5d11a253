"""The clocks: a timer as it stands, the append-only segments it is reckoned from, and the steps that have fired."""

import datetime as dt
from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, When

from core.actor import ALL, Actor
from customers.models import CompartmentModel, ScopedManager, ScopedQuerySet
from slas.choices import LEFT, SUPPLIED, AgreementKind, Metric, Outcome, SegmentKind, TimerState
from slas.models.agreements import Agreement
from slas.models.targets import Step, Target
from tickets.models import Ticket


def verdict_at() -> Case:
    """When a clock got its verdict: breached, else met; null while it has none. Indexed. A CASE, because row-level
    security lets no COALESCE down to an index: the planner does not know it to be silent about rows."""
    return Case(When(breached_at__isnull=False, then="breached_at"), default="stopped_at")


class TimerQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "TimerQuerySet":
        """Timers of the actor's customers and compartments. Who may look at clocks at all is a permission."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        return rows.filter(compartment__in=actor.compartments)

    def left(self) -> "TimerQuerySet":
        """Those that still run or are paused."""
        return self.filter(state__in=LEFT)

    def due_before(self, at: dt.datetime) -> "TimerQuerySet":
        """Those for which something is due: a breach to stamp or a step to fire."""
        return self.filter(next_at__lt=at)


class Timer(CompartmentModel):
    """One clock: one metric of one ticket, in one cycle. A breach stamps `breached_at`; the clock runs on.

    `used_seconds` is business time used up to `used_at`; while it runs, the rest is reckoned from there. `kind` and
    `cycle` leave room for operational agreements, contracts and metrics that start again.
    """

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="timers"
    )
    kind = models.CharField(max_length=8, choices=AgreementKind, default=AgreementKind.SLA)
    team = models.ForeignKey(
        "accounts.Team", models.PROTECT, null=True, db_index=False, related_name="+",
        help_text="Whose hands an operational agreement measures.",
    )  # fmt: skip
    supplier = models.ForeignKey(
        "customers.Organization", models.PROTECT, null=True, db_index=False, related_name="+",
        help_text="Whose hands a contract measures.",
    )  # fmt: skip
    metric = models.CharField(max_length=24)
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=TimerState, default=TimerState.RUNNING)

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    agreement_version = models.PositiveIntegerField()
    target = models.ForeignKey(Target, models.PROTECT, related_name="+")
    target_seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, db_index=False, related_name="+")
    calendar_version = models.PositiveIntegerField()
    choice = models.JSONField(
        default=dict, help_text="The rule that chose the target, and who brought the calendar."
    )

    started_at = models.DateTimeField()
    used_at = models.DateTimeField()
    used_seconds = models.DecimalField(max_digits=20, decimal_places=6, default=Decimal(0))
    remaining_seconds = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, help_text="While paused; below 0 when overdue."
    )
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True, help_text="From when it is shown as soon due.")
    next_at = models.DateTimeField(null=True, help_text="When the sweep is next owed something.")
    exhausted_at = models.DateTimeField(null=True, help_text="When the target in force was used up.")
    is_cut = models.BooleanField(default=False, help_text="A new target left no time: due at the change.")
    breached_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(TimerQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id", "compartment"], name="timer_customer_id"),
            models.UniqueConstraint(
                fields=["customer", "ticket", "kind", "metric", "cycle"], name="one_timer_per_cycle"
            ),
            models.CheckConstraint(
                condition=Q(state=TimerState.STOPPED, stopped_at__isnull=False)
                | (~Q(state=TimerState.STOPPED) & Q(stopped_at=None)),
                name="stopped_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state=TimerState.PAUSED, due_at=None, remaining_seconds__isnull=False)
                | (~Q(state=TimerState.PAUSED) & Q(remaining_seconds=None)),
                name="paused_has_no_due_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=TimerState.RUNNING) | Q(due_at__isnull=False),
                name="running_is_due_some_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=TimerState.PAUSED) | ~Q(metric=Metric.FIRST_RESPONSE),
                name="first_response_timer_never_pauses",
            ),
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(state=TimerState.RUNNING), name="only_a_running_timer_is_swept"
            ),
            models.CheckConstraint(
                condition=Q(target_seconds__gt=0, used_seconds__gte=0), name="timer_counts_forward"
            ),
            models.CheckConstraint(
                condition=Q(kind=AgreementKind.SLA, team=None, supplier=None)
                | Q(kind=AgreementKind.OLA, team__isnull=False, supplier=None)
                | Q(kind__in=SUPPLIED, team=None, supplier__isnull=False),
                name="timer_says_whose_hands",
            ),
            models.CheckConstraint(
                condition=Q(used_at__gte=F("started_at")), name="timer_is_measured_from_its_start"
            ),
        )
        indexes = (
            models.Index(fields=["next_at", "id"], name="timer_due", condition=Q(next_at__isnull=False)),
            models.Index(
                fields=["calendar", "calendar_version", "id"],
                name="timer_of_calendar",
                condition=Q(state__in=LEFT),
            ),
            models.Index(
                fields=["agreement", "agreement_version", "id"],
                name="timer_of_agreement",
                condition=Q(state__in=LEFT),
            ),
            # Reports: what got its verdict in a period, and what ended without one.
            models.Index(
                verdict_at(),
                "customer",
                name="timer_verdict_at",
                condition=Q(kind=AgreementKind.SLA)
                & (Q(breached_at__isnull=False) | Q(stopped_at__isnull=False)),
            ),
            models.Index(
                fields=["customer", "used_at"],
                name="timer_excluded",
                condition=Q(kind=AgreementKind.SLA, state=TimerState.CANCELLED, breached_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} of ticket {self.ticket_id}"

    @property
    def verdict(self) -> str | None:
        """`met`, `breached`, or None while it is open. Cancelled clocks have one only if they were breached."""
        if self.breached_at is not None:
            return "breached"
        return "met" if self.state == TimerState.STOPPED else None


class Segment(CompartmentModel):
    """One stretch of a timer: what began at `from_at` and why. It lasts until the next one of the timer. Append-only.

    It carries the target and the calendar version in force from there on: the timer is the sum of its segments.
    """

    append_only = True
    timer = models.ForeignKey(
        Timer, models.PROTECT, db_constraint=False, db_index=False, related_name="segments"
    )
    kind = models.CharField(max_length=10, choices=SegmentKind)
    from_at = models.DateTimeField()
    cause = models.CharField(max_length=12)
    reason = models.CharField(
        max_length=200, blank=True, help_text="In words: the reason to wait, what changed."
    )
    by_label = models.CharField(max_length=200)
    target = models.ForeignKey(Target, models.PROTECT, db_index=False, related_name="+")
    target_seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, db_index=False, related_name="+")
    calendar_version = models.PositiveIntegerField()
    credit_seconds = models.DecimalField(
        max_digits=20, decimal_places=6, default=Decimal(0),
        help_text="Business time that a merge counts from before; below 0 where it is undone, or corrected away.",
    )  # fmt: skip
    counts_from = models.DateTimeField(null=True, help_text="From when the clock counts since a merge.")
    without_from = models.DateTimeField(null=True, help_text="From when a correction leaves time out.")
    without_to = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=SegmentKind.CORRECTED, without_to__gt=F("without_from"))
                | (~Q(kind=SegmentKind.CORRECTED) & Q(without_from=None, without_to=None)),
                name="only_a_correction_leaves_time_out",
            ),
        )
        indexes = (models.Index(fields=["customer", "timer", "id"], name="segment_of_timer"),)

    def __str__(self) -> str:
        return f"{self.kind} ({self.cause}) of timer {self.timer_id}"


class Escalation(CompartmentModel):
    """One step of one timer that has fired: written once, in the transaction of what it did. Append-only."""

    append_only = True
    timer = models.ForeignKey(
        Timer, models.PROTECT, db_constraint=False, db_index=False, related_name="escalations"
    )
    step = models.ForeignKey(Step, models.PROTECT, db_index=False, related_name="+")
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "timer", "step"], name="step_fires_once"),)

    def __str__(self) -> str:
        return f"step {self.step_id} of timer {self.timer_id}"
