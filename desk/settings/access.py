"""Settings about who may do what: logins with their roles, and programs with their tokens."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import service_accounts, tokens
from accounts.models import Grant, ServiceAccount, User
from accounts.roles import CUSTOMER_ROLES, Role
from core import errors
from core.actor import ALL, Actor
from customers.models import Customer
from desk.forms import DeskForm
from desk.settings.people import DESK, UserForm, _save_user
from desk.settings.section import Save, Section, SettingForm, yes

SCOPES = (
    ("read", __("Read everything it may see")),
    ("write", __("Work on tickets")),
    ("admin", __("Settings too")),
)


class RoleForm(DeskForm):
    """One role, at one customer or at all."""

    role = forms.ChoiceField(label=__("Role"), choices=Role.choices)
    customer = forms.ModelChoiceField(
        None, label=__("Customer"), required=False, empty_label=__("All customers")
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["customer"].queryset = Customer.objects.visible_to(actor).order_by("name")


class ProgramForm(SettingForm):
    """A program: its name, and who answers for it."""

    fixed = ("name", "owner")
    name = forms.CharField(
        label=__("Name"), max_length=120, help_text=__("Stands beside everything that it does.")
    )
    owner = forms.ModelChoiceField(None, label=__("Who answers for it"))
    is_active = forms.BooleanField(label=__("Switched on"), required=False, initial=True)

    def prepare(self) -> None:
        if "owner" in self.fields:
            self.fields["owner"].queryset = _desk_logins(self.actor)
            del self.fields["is_active"]


class TokenForm(DeskForm):
    """A token of a program."""

    name = forms.CharField(label=__("What it is for"), max_length=120)
    scope = forms.ChoiceField(label=__("It may"), choices=SCOPES)
    days = forms.IntegerField(label=__("Days until it ends"), min_value=1, max_value=366, initial=90)


def _desk_logins(actor: Actor) -> Any:
    """Logins that hold a role of the desk where the actor sees it. Never a customer's people."""
    rows = User.objects.filter(is_active=True, grants__in=grants_of(actor).exclude(role__in=CUSTOMER_ROLES))
    return rows.distinct().order_by("name", "id")


def grants_of(actor: Actor) -> Any:
    rows = Grant.objects.all()
    return rows if actor.customers is ALL else rows.filter(customer_id__in=actor.customers)


def _users(actor: Actor) -> Any:
    """All logins for who sees all customers, else those with a role at one of his."""
    if actor.customers is ALL:
        return User.objects.all()
    return User.objects.filter(pk__in=grants_of(actor).values("user_id"))


def _programs(actor: Actor) -> Any:
    rows = ServiceAccount.objects.select_related("owner")
    return (
        rows if actor.customers is ALL else rows.filter(pk__in=grants_of(actor).values("service_account_id"))
    )


def _save_program(save: Save) -> ServiceAccount:
    if save.row is None:
        name, owner = save.values["name"], save.values["owner"]
        return service_accounts.create(name, owner=owner, by=save.by, at=save.at)
    if save.values.get("is_active") is False:
        return service_accounts.disable(save.row, by=save.by, at=save.at, reason=save.reason)
    if save.values.get("is_active"):
        raise errors.required("is_active", _("A program that was switched off stays off: make a new one."))
    return save.row


def _roles_of(row: Any, actor: Actor, _at: dt.datetime) -> dict[str, Any]:
    holder = {"user": row} if isinstance(row, User) else {"service_account": row}
    held = grants_of(actor).filter(**holder).select_related("customer").order_by("role", "id")
    slug = "users" if isinstance(row, User) else "programs"
    may = actor.may_everywhere("user.write")
    return {
        "grants": [
            {"role": one.get_role_display(), "customer": one.customer, "pk": one.pk,
             "remove_url": reverse("desk:settings-revoke", args=[slug, row.pk, one.pk]) if may else ""}
            for one in held
        ],
        "role_form": RoleForm(actor) if may else None,
        "role_url": reverse("desk:settings-grant", args=[slug, row.pk]),
    }  # fmt: skip


def _of_program(row: ServiceAccount, actor: Actor, at: dt.datetime) -> dict[str, Any]:
    may = actor.may_everywhere("user.write")
    return {
        **_roles_of(row, actor, at),
        "tokens": [
            {"row": one, "remove_url": reverse("desk:settings-revoke-token", args=[row.pk, one.pk]) if may else ""}
            for one in tokens.valid(row, at=at).order_by("id")
        ],
        "token_form": TokenForm() if may and row.is_active else None,
        "token_url": reverse("desk:settings-token", args=[row.pk]),
        "has_tokens": True,
    }  # fmt: skip


SECTIONS = (
    Section(
        "users", __("Logins and roles"), __("Login"), "key", DESK, __("Who can sign in, and what they may do where."),
        "user.write", _users,
        ((__("Name"), str), (__("Email address"), lambda row: row.email),
         (__("May sign in"), lambda row: yes(row.is_active))),
        UserForm, _save_user, owner=lambda _row: None, search=("name", "email"), after="desk/setting_access.html",
        beside=_roles_of,
    ),
    Section(
        "programs", __("Programs"), __("Program"), "api", DESK,
        __("Service accounts that use the API, and their tokens."),
        "user.write", _programs,
        ((__("Name"), str), (__("Who answers for it"), lambda row: row.owner),
         (__("On"), lambda row: yes(row.is_active))),
        ProgramForm, _save_program, owner=lambda _row: None, after="desk/setting_access.html", beside=_of_program,
    ),
)  # fmt: skip
