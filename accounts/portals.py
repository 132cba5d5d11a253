"""How each customer's portal presents itself: the one row a customer may have beside the installation's own words."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from customers.models import Customer, CustomerModel


class Portal(CustomerModel):
    """One customer's portal: its name, colours, logo and help line, and what it shows to people without a sign-in.

    `accent` and `accent_dark` are #RRGGBB or empty (the house's own); the logo lies in the file storage.
    """

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="portal")
    name = models.CharField(max_length=120, blank=True)
    accent = models.CharField(max_length=7, blank=True)
    accent_dark = models.CharField(max_length=7, blank=True)
    logo_key = models.CharField(max_length=200, blank=True)
    logo_type = models.CharField(max_length=40, blank=True)
    logo_sha256 = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    hours = models.CharField(max_length=120, blank=True)
    status_is_public = models.BooleanField(default=False)
    takes_guests = models.BooleanField(default=False)
    mail_domains = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    has_survey = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(accent="") | Q(accent__regex=r"^#[0-9A-Fa-f]{6}$"),
                name="portal_accent_is_a_colour",
            ),
            models.CheckConstraint(
                condition=Q(accent_dark="") | Q(accent_dark__regex=r"^#[0-9A-Fa-f]{6}$"),
                name="portal_accent_dark_is_a_colour",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.customer.name

    @property
    def journal_kind(self) -> str:
        return "portal"

    @property
    def journal_label(self) -> str:
        return self.customer.slug
