"""Whose turn it is in a team: its on-call rotas, their members in order, and the swaps that people agreed on."""

from django.db import models
from django.db.models import F, Q

from accounts.choices import TurnUnit
from customers.models import Ownership


class Rota(models.Model):
    """One team's on-call rota: its members take turns of one length, handed over at one hour of its time zone.

    The first member's turn begins on `starts_on` (by weeks: on the first hand-over day from then on).
    """

    ownership = Ownership.FRAMEWORK
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="rotas")
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    unit = models.CharField(max_length=5, choices=TurnUnit, default=TurnUnit.WEEKS)
    length = models.PositiveSmallIntegerField(default=1, help_text="Days or weeks of one turn.")
    weekday = models.PositiveSmallIntegerField(
        null=True, help_text="The day of hand-over, 0 = Monday; null where turns are counted in days."
    )
    handover_time = models.TimeField(help_text="Local, in the rota's time zone.")
    starts_on = models.DateField()
    calendar = models.ForeignKey(
        "calendars.Calendar",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Null = around the clock.",
    )
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["team", "name"], name="rota_name_once_in_a_team"),
            models.CheckConstraint(condition=Q(length__range=(1, 366)), name="a_turn_takes_time"),
            models.CheckConstraint(
                condition=Q(unit=TurnUnit.WEEKS, weekday__range=(0, 6)) | Q(unit=TurnUnit.DAYS, weekday=None),
                name="weeks_are_handed_over_on_a_weekday",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def customer_id(self) -> int | None:
        """Whose team it is: None for the provider's."""
        return self.team.customer_id

    @property
    def journal_kind(self) -> str:
        return "rota"

    @property
    def journal_label(self) -> str:
        return f"{self.name} ({self.team})"


class RotaMember(models.Model):
    """One login at its place in a rota."""

    ownership = Ownership.FRAMEWORK
    rota = models.ForeignKey(Rota, models.CASCADE, related_name="places")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["rota", "position"], name="rota_place_once"),
            models.UniqueConstraint(fields=["rota", "user"], name="in_a_rota_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} at {self.position} of {self.rota_id}"


class RotaSwap(models.Model):
    """One stretch of time in which another member is on call than whose turn it is. Kept when it is cancelled."""

    ownership = Ownership.FRAMEWORK
    rota = models.ForeignKey(Rota, models.CASCADE, related_name="swaps")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="a_swap_ends_later"),)
        indexes = (
            models.Index(fields=["rota", "to_at"], name="swap_of_rota", condition=Q(cancelled_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.from_at:%Y-%m-%d %H:%M} to {self.to_at:%Y-%m-%d %H:%M} UTC"

    @property
    def customer_id(self) -> int | None:
        """Whose team it is: None for the provider's."""
        return self.rota.customer_id

    @property
    def journal_kind(self) -> str:
        return "rota_swap"

    @property
    def journal_label(self) -> str:
        return f"{self.rota.name}: {self}"
