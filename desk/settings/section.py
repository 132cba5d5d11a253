"""What a section of the Settings is: a descriptor. The generic views turn it into a list, a form and an entry."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from core.actor import Actor
from desk.forms import DeskForm

READ = "settings.read"
Values = Mapping[str, Any]


DASHES = "---------"  # what Django shows where nothing is said


class SettingForm(DeskForm):
    """The form of one row. Fields named in `fixed` are asked when the row is made, and never again."""

    fixed: tuple[str, ...] = ()
    reason = forms.CharField(
        label=__("Reason"), required=False, max_length=300, help_text=__("Stands in the change log.")
    )

    def __init__(
        self,
        actor: Actor,
        row: Any = None,
        data: Any = None,
        *,
        proposal: Values | None = None,
        **options: Any,
    ):
        self.actor, self.row = actor, row
        present = self.present(row) if row is not None else {}
        options.setdefault("initial", {**present, **(proposal or {})})
        super().__init__(data, **options)
        for name in self.fixed if row is not None else ():
            del self.fields[name]
        self.prepare()
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == DASHES:
                field.empty_label = _("Choose…")
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def prepare(self) -> None:
        """Fill in the choices that depend on who asks."""

    def present(self, row: Any) -> dict[str, Any]:
        """The values of a row that is there."""
        return {name: getattr(row, name, None) for name in self.base_fields}

    def given(self) -> dict[str, Any]:
        """The values for the action: all of them for a new row, else those that differ from the present ones."""
        values = {name: value for name, value in self.values().items() if name != "reason"}
        if self.row is None:
            return values
        return {name: value for name, value in values.items() if name in self.changed_data}

    def hide_changes(self) -> None:
        """Show the values to who may only read them."""
        self.fields.pop("reason", None)
        for field in self.fields.values():
            field.disabled = True


@dataclass(frozen=True)
class Save:
    """One saving: the row that is there (None for a new one), the values, who, when, why, and which version he saw."""

    row: Any
    values: dict[str, Any]
    by: Actor
    at: dt.datetime
    reason: str
    version: int | None

    @property
    def common(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "reason": self.reason}

    @property
    def change(self) -> dict[str, Any]:
        """What every `change_…` action takes besides the row."""
        return {**self.common, "fields": self.values}


@dataclass(frozen=True)
class Section:
    """One kind of row in the Settings.

    `rows(actor)` are those he may see, `columns` their headings with a function each, `save(Save)` makes or changes
    one; `propose(row, query)` answers values that the form shows unsaved. `is_single`: there is
    one row, and no list. `owner(row)` names the customer whose permission counts, None where it is the installation's.
    `also(actor, row)`: who may write it (row None: any) without the permission.
    `elsewhere` names the address of a list with pages of its own, which this section only leads to.
    """

    slug: str
    label: Any
    one: Any
    icon: str
    group: Any
    text: Any
    write: str
    rows: Callable[[Actor], models.QuerySet]
    columns: tuple[tuple[Any, Callable[[Any], Any]], ...]
    form: type[SettingForm]
    save: Callable[[Save], Any]
    owner: Callable[[Any], int | None] = lambda row: getattr(row, "customer_id", None)
    search: tuple[str, ...] = ("name",)
    order: tuple[str, ...] = ("name", "id")
    can_create: bool = True
    is_single: bool = False
    after: str = ""
    beside: Callable[[Any, Actor, dt.datetime], dict[str, Any]] | None = None
    propose: Callable[[Any, Mapping[str, str]], Values] | None = None
    also: Callable[[Actor, Any], bool] = lambda _actor, _row: False
    elsewhere: str = ""

    @property
    def url(self) -> str:
        """Where its list is."""
        return reverse(self.elsewhere) if self.elsewhere else reverse("desk:settings-list", args=[self.slug])

    def may_read(self, actor: Actor) -> bool:
        return actor.may(READ) or actor.may(self.write) or self.also(actor, None)

    def may_write(self, actor: Actor, row: Any = None) -> bool:
        """Whether the actor may change this row, or (without one) make one for any customer."""
        if row is None:
            return actor.may(self.write) or self.also(actor, None)
        owner = self.owner(row)
        is_owner = actor.may_everywhere(self.write) if owner is None else actor.may(self.write, owner)
        return is_owner or self.also(actor, row)


def yes(value: bool) -> str:
    """A tick in a list."""
    return "✓" if value else ""
