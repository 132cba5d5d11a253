"""The words of reports, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# What the figures mean. It goes up whenever a number is reckoned otherwise; an issued report keeps its own.
FORMULA_VERSION = 1


class ReportState(models.TextChoices):
    """A draft is reckoned anew whenever it is read; an issued report never again."""

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")


class Counted(models.TextChoices):
    """The lists behind the numbers of a line."""

    ALL = "all", _("Counted")
    MET = "met", _("Met")
    BREACHED = "breached", _("Breached")
    OPEN = "open", _("Breached and still open")
