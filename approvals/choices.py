"""The words of approvals, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Whose consent it is."""

    PROVIDER = "provider", _("Provider")
    CUSTOMER = "customer", _("Customer")
    TEAM = "team", _("Team")
    SUPPLIER = "supplier", _("Supplier")


class Verdict(models.TextChoices):
    PENDING = "pending", _("Asked")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    VOID = "void", _("No longer asked")
