"""How an incident can be said to have been resolved: ten shipped codes, which a provider may rename, order, put out of
use, and add to."""

from django.db import models
from django.db.models import Q

from customers.models import ReferenceModel
from incidents.choices import Code


class ResolutionCode(ReferenceModel):
    """One code of a resolution. Its slug stays, because incidents hold it; a shipped one without a name of its own is
    called as the product calls it, in the reader's language."""

    slug = models.SlugField(max_length=16)
    name = models.CharField(max_length=120, blank=True)
    position = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "slug"], nulls_distinct=False, name="resolution_code_once"
            ),
            models.CheckConstraint(
                condition=~Q(name="") | Q(slug__in=Code.values), name="an_own_code_has_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.name or str(Code(self.slug).label)

    @property
    def journal_kind(self) -> str:
        return "resolution_code"

    @property
    def journal_label(self) -> str:
        return self.slug
