"""Settings about customers, their sites and people, teams, logins and suppliers."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import actions as accounts
from accounts import queries, suppliers
from accounts.choices import Distribution
from accounts.models import Membership, Person, Site, Team, User
from accounts.roles import CUSTOMER_ROLES, Role
from calendars.models import Calendar
from core.actor import Actor
from customers.models import Customer, Installation, Life, Organization, Sharing
from desk.settings.section import Save, Section, SettingForm, yes

PEOPLE = __("Customers and people")
DESK = __("Desk")


def check_zone(name: str) -> None:
    """Refuse a name that is no time zone."""
    if name and name not in zoneinfo.available_timezones():
        raise forms.ValidationError(
            _("There is no time zone “%(name)s”: write it like Europe/Berlin.") % {"name": name}
        )


def zone_field(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=__("Time zone"), max_length=64, validators=[check_zone], required=required,
        help_text=__("Like Europe/Lisbon."),
    )  # fmt: skip


def customers_for(actor: Actor, permission: str) -> Any:
    """The customers for which the actor holds a permission."""
    rows = Customer.objects.visible_to(actor).order_by("name")
    if actor.may(permission, 0):  # a grant at all customers
        return rows
    return rows.filter(pk__in=[one for one in actor.grants if one and actor.may(permission, one)])


class CustomerForm(SettingForm):
    fixed = ("slug",)
    slug = forms.SlugField(
        label=__("Short name"), max_length=60, help_text=__("In addresses; never changed, never reused.")
    )
    name = forms.CharField(label=__("Name"), max_length=200)
    time_zone = zone_field()
    language = forms.ChoiceField(label=__("Language"), choices=settings.LANGUAGES, initial="en")
    life = forms.ChoiceField(label=__("Stage"), choices=Life.choices, initial=Life.ACTIVE)
    sharing = forms.ChoiceField(
        label=__("People see each other's tickets"), choices=Sharing.choices, initial=Sharing.OWN
    )


def _save_customer(save: Save) -> Customer:
    if save.row is None:
        return accounts.create_customer(Customer(**save.values), **save.common)
    return accounts.change_customer(save.row, version=save.version, **save.change)


class SiteForm(SettingForm):
    fixed = ("customer",)
    customer = forms.ModelChoiceField(None, label=__("Customer"))
    name = forms.CharField(label=__("Name"), max_length=120)
    time_zone = zone_field()
    calendar = forms.ModelChoiceField(None, label=__("Own business hours"), required=False)

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "customer.write")
        self.fields["calendar"].queryset = Calendar.objects.visible_to(self.actor).order_by("name")


def _save_site(save: Save) -> Site:
    if save.row is None:
        return accounts.create_site(Site(**save.values), by=save.by, at=save.at)
    return accounts.change_site(save.row, **save.change)


class PersonForm(SettingForm):
    fixed = ("customer",)
    customer = forms.ModelChoiceField(None, label=__("Customer"))
    name = forms.CharField(label=__("Full name"), max_length=200)
    call_name = forms.CharField(label=__("Call name"), max_length=80, required=False)
    email = forms.EmailField(label=__("Email address"), required=False)
    phone = forms.CharField(label=__("Phone"), max_length=60, required=False)
    site = forms.ModelChoiceField(None, label=__("Site"), required=False)
    language = forms.ChoiceField(
        label=__("Language"), choices=[("", __("As the customer")), *settings.LANGUAGES], required=False
    )
    time_zone = zone_field(required=False)
    is_vip = forms.BooleanField(label=__("VIP: marked in the queue"), required=False)
    is_active = forms.BooleanField(label=__("Active"), required=False, initial=True)
    admit = forms.ChoiceField(
        label=__("May sign in to the portal"), required=False,
        choices=[("", __("As it is")), *((role.value, role.label) for role in Role if role in CUSTOMER_ROLES)],
        help_text=__("Makes a login for the email address; its password is set by “Forgot your password?”."),
    )  # fmt: skip

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "person.write")
        sites = Site.objects.of_customers(self.actor).order_by("name")
        self.fields["site"].queryset = sites.filter(customer_id=self.row.customer_id) if self.row else sites
        if not self.actor.may("user.write"):
            del self.fields["admit"]


def _save_person(save: Save) -> Person:
    role = save.values.pop("admit", "")
    if save.row is None:
        person = accounts.create_person(Person(**save.values), by=save.by, at=save.at)
    else:
        person = accounts.change_person(save.row, version=save.version, **save.change)
    return accounts.admit(person, Role(role), by=save.by, at=save.at) if role else person


class TeamForm(SettingForm):
    fixed = ("slug", "customer")
    slug = forms.SlugField(label=__("Short name"), max_length=60)
    name = forms.CharField(label=__("Name"), max_length=120)
    customer = forms.ModelChoiceField(
        None, label=__("Customer's own team"), required=False, help_text=__("Empty: ours.")
    )
    email = forms.EmailField(label=__("Email address"), required=False)
    is_triage = forms.BooleanField(label=__("Receives what no rule sends elsewhere"), required=False)
    is_active = forms.BooleanField(label=__("Active"), required=False, initial=True)
    distribution = forms.ChoiceField(
        label=__("New tickets find their assignee"), choices=Distribution.choices, initial=Distribution.MANUAL,
        help_text=__("Only among members who are not absent and work for the customer."),
    )  # fmt: skip
    members = forms.ModelMultipleChoiceField(
        None, label=__("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )
    leads = forms.ModelMultipleChoiceField(
        None, label=__("Leads"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=__("Of the members: they keep the on-call rota, and escalations reach them."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["members"].queryset = queries.desk_users(self.actor).order_by("name", "id")
        self.fields["leads"].queryset = self.fields["members"].queryset
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "team.write")

    def present(self, row: Team) -> dict[str, Any]:
        members = list(Membership.objects.filter(team=row).values_list("user_id", "is_lead"))
        leads = [pk for pk, is_lead in members if is_lead]
        return {**super().present(row), "members": [pk for pk, _is_lead in members], "leads": leads}


def _save_team(save: Save) -> Team:
    members, leads = (save.values.pop(name, None) for name in ("members", "leads"))
    common = {"by": save.by, "at": save.at}
    if save.row is None:
        team = accounts.create_team(Team(**save.values), **common, members=members or ())
    else:
        team = accounts.change_team(save.row, version=save.version, **save.change)
    if leads is None and (members is None or save.row is None):
        return team
    present = team.members.all() if members is None else members
    return accounts.set_members(team, **common, members=present, leads=leads)


class SupplierForm(SettingForm):
    name = forms.CharField(label=__("Name"), max_length=200)
    is_supplier = forms.BooleanField(
        label=__("Supplier: tickets can be handed over"), required=False, initial=True
    )
    is_internal_supplier = forms.BooleanField(label=__("Internal supplier"), required=False)


def _save_supplier(save: Save) -> Organization:
    if save.row is None:
        provider = Customer.objects.visible_to(save.by).get(is_provider=True)
        return accounts.create_organization(
            Organization(customer=provider, **save.values), by=save.by, at=save.at
        )
    return accounts.change_organization(save.row, **save.change)


class InstallationForm(SettingForm):
    name = forms.CharField(label=__("Name"), max_length=200)
    phone = forms.CharField(label=__("Phone of the desk"), max_length=60, required=False)
    email = forms.EmailField(label=__("Email address of the desk"), required=False)
    hours = forms.CharField(label=__("Hours, in words"), max_length=120, required=False)


def _save_installation(save: Save) -> Installation:
    return accounts.change_installation(**save.change)


class UserForm(SettingForm):
    fixed = ("email", "supplier")
    email = forms.EmailField(label=__("Email address"))
    name = forms.CharField(label=__("Name"), max_length=200)
    is_active = forms.BooleanField(label=__("May sign in"), required=False, initial=True)
    supplier = forms.ModelChoiceField(
        None,
        label=__("Works for the supplier"),
        required=False,
        empty_label=__("For nobody outside"),
        help_text=__("Such a login sees what was handed over to this supplier, and nothing else."),
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        if "supplier" in self.fields:
            self.fields["supplier"].queryset = Organization.objects.of_customers(self.actor).filter(
                Q(is_supplier=True) | Q(is_internal_supplier=True)
            )


def _save_user(save: Save) -> User:
    supplier = save.values.pop("supplier", None)
    if save.row is None and supplier is not None:
        save.values.pop("is_active", None)
        return suppliers.create_member(**save.values, organization=supplier, by=save.by, at=save.at)
    if save.row is None:
        return accounts.create_user(**save.values, by=save.by, at=save.at)
    return accounts.change_user(save.row, **save.change)


def _customers(actor: Actor) -> Any:
    return Customer.objects.visible_to(actor)


def _suppliers(actor: Actor) -> Any:
    return Organization.objects.of_customers(actor)


def _people_rows(actor: Actor) -> Any:
    rows = Person.objects.visible_to(actor).select_related("customer", "site", "user")
    return rows if actor.is_desk else rows.none()


SECTIONS = (
    Section(
        "customers", __("Customers"), __("Customer"), "building", PEOPLE,
        __("Whom we serve, and how they share tickets."),
        "customer.write", _customers,
        ((__("Name"), str), (__("Short name"), lambda row: row.slug), (__("Stage"), lambda row: row.get_life_display()),
         (__("Time zone"), lambda row: row.time_zone), (__("Sharing"), lambda row: row.get_sharing_display()),
         (__("Sample"), lambda row: __("Sample") if row.is_sample else "")),
        CustomerForm, _save_customer, owner=lambda row: row.pk, search=("name", "slug"),
    ),
    Section(
        "sites", __("Sites"), __("Site"), "map-pin", PEOPLE, __("Places of customers, with their time zones."),
        "customer.write", lambda actor: Site.objects.of_customers(actor).select_related("customer", "calendar"),
        ((__("Name"), str), (__("Customer"), lambda row: row.customer), (__("Time zone"), lambda row: row.time_zone),
         (__("Business hours"), lambda row: row.calendar or "")),
        SiteForm, _save_site,
    ),
    Section(
        "people", __("People"), __("Person"), "users", PEOPLE, __("Who reports and who is told, customer by customer."),
        "person.write", _people_rows,
        ((__("Name"), str), (__("Customer"), lambda row: row.customer), (__("Email address"), lambda row: row.email),
         (__("Phone"), lambda row: row.phone), (__("Site"), lambda row: row.site or ""),
         (__("VIP"), lambda row: yes(row.is_vip)), (__("Signs in"), lambda row: yes(row.user_id is not None)),
         (__("Active"), lambda row: yes(row.is_active))),
        PersonForm, _save_person, search=("name", "email_key", "phone"),
    ),
    Section(
        "suppliers", __("Suppliers"), __("Supplier"), "package", PEOPLE, __("To whom tickets can be handed over."),
        "customer.write", _suppliers,
        ((__("Name"), str), (__("Supplier"), lambda row: yes(row.is_supplier)),
         (__("Internal"), lambda row: yes(row.is_internal_supplier))),
        SupplierForm, _save_supplier,
    ),
    Section(
        "teams", __("Teams"), __("Team"), "users", DESK, __("Who works together; a ticket is in one team's hands."),
        "team.write", lambda actor: Team.objects.visible_to(actor).select_related("customer"),
        ((__("Name"), str), (__("Customer"), lambda row: row.customer or ""),
         (__("Email address"), lambda row: row.email),
         (__("Triage"), lambda row: yes(row.is_triage)), (__("Active"), lambda row: yes(row.is_active))),
        TeamForm, _save_team, search=("name", "slug"),
    ),
)  # fmt: skip
INSTALLATION = Section(
    "installation", __("This installation"), __("Installation"), "info-circle", DESK,
    __("The name, phone, mail and hours that everybody sees."), "settings.write",
    lambda _actor: Installation.objects.all(),
    ((__("Name"), str), (__("Phone"), lambda row: row.phone), (__("Email address"), lambda row: row.email),
     (__("Hours"), lambda row: row.hours)),
    InstallationForm, _save_installation, owner=lambda _row: None, search=(), can_create=False, is_single=True,
)  # fmt: skip
