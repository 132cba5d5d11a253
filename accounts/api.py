"""The REST door to who is who: the caller himself, customers, people, teams."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actions, queries
from accounts.choices import Distribution
from accounts.models import Grant, Person, Site, Team, User, email_key
from accounts.roles import CUSTOMER_ROLES, Role
from core import errors
from core.actor import Actor, ActorKind
from core.rest import doors
from core.rest.fields import Choice, Flag, Instant, Reference, Text, Zone, find, reference
from core.rest.records import Input, Record
from customers.models import Customer, Sharing


def visible_customers(actor: Actor) -> QuerySet:
    """Customers the caller sees."""
    return Customer.objects.visible_to(actor)


def visible_sites(actor: Actor) -> QuerySet:
    """Sites of the customers the caller sees."""
    return Site.objects.of_customers(actor)


def either(value: str) -> bool:
    """A filter's true or false. Raises ValueError."""
    if value not in ("true", "false"):
        raise ValueError(_("This filter is true or false."))
    return value == "true"


# The caller.


class RoleRecord(serializers.Serializer):
    role = serializers.CharField()
    customer = serializers.DictField(allow_null=True, help_text="{key, name}; null = at every customer.")


class MeRecord(Record):
    """Who the caller is."""

    kind = serializers.CharField(help_text="user or service_account.")
    user = serializers.DictField(allow_null=True, help_text="{key, name, email}.")
    name = serializers.CharField()
    side = serializers.CharField(help_text="desk or customer.")
    roles = RoleRecord(many=True)
    customers = serializers.ListField(
        child=serializers.DictField(), help_text="The customers he sees, {key, name}."
    )
    scopes = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="null: a browser session."
    )
    as_of = Instant()


class Me(doors.Door):
    """Who am I: login, roles, customers, scopes."""

    resource = "me"
    model = User
    record = MeRecord
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=MeRecord)
    def show(self, request: Request) -> Response:
        """Who the caller is and what he may use."""
        actor = self.actor
        held = {"user_id": actor.id} if actor.kind == ActorKind.USER else {"service_account_id": actor.id}
        grants = Grant.objects.filter(**held).select_related("customer").order_by("role", "customer_id")
        user = User.objects.filter(pk=actor.id).first() if actor.kind == ActorKind.USER else None
        found = {
            "kind": actor.kind,
            "user": {"key": user.pk, "name": user.name, "email": user.email} if user else None,
            "name": actor.label,
            "side": actor.side,
            "roles": [{"role": one.role, "customer": reference(one.customer)} for one in grants],
            "customers": [reference(one) for one in visible_customers(actor).order_by("slug")],
            "scopes": None if actor.scopes is None else sorted(actor.scopes),
            "as_of": self.at,
        }
        return Response(MeRecord(found, context=self.get_serializer_context()).data)


# Customers.


class SiteRecord(Record):
    key = serializers.IntegerField(source="id")
    name = serializers.CharField()
    time_zone = serializers.CharField()


class CustomerRecord(Record):
    """One customer of the provider, or the provider itself."""

    inner = ("is_provider", "life", "sharing")
    slug = serializers.CharField()
    name = serializers.CharField()
    is_provider = serializers.BooleanField()
    life = serializers.CharField()
    time_zone = serializers.CharField()
    language = serializers.CharField()
    sharing = serializers.CharField()
    sites = SiteRecord(source="shown_sites", many=True)
    version = serializers.IntegerField()


class SiteInput(Input):
    name = Text(max_length=120)
    time_zone = Zone(max_length=64, default="UTC")


class CustomerInput(Input):
    slug = serializers.SlugField(max_length=60)
    name = Text(max_length=200)
    time_zone = Zone(max_length=64, required=False)
    language = Text(max_length=12, required=False)
    sharing = Choice(choices=Sharing.choices, required=False)
    sites = SiteInput(many=True, required=False, max_length=500)


class CustomerChange(Input):
    name = Text(max_length=200, required=False)
    time_zone = Zone(max_length=64, required=False)
    language = Text(max_length=12, required=False)
    sharing = Choice(choices=Sharing.choices, required=False)
    sites = SiteInput(
        many=True, required=False, max_length=500, help_text="Added, or changed by name; never removed."
    )


class Customers(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Customers of the provider, and the provider itself."""

    resource = "customers"
    model = Customer
    record, input, change = CustomerRecord, CustomerInput, CustomerChange
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"
    order = ("slug",)
    filters = {"is_provider": lambda value, _actor: Q(is_provider=either(value))}

    def rows(self) -> QuerySet:
        return visible_customers(self.actor)

    def represent(self, rows: Iterable[Any], shape: type[Record] | None = None) -> list[dict[str, Any]]:
        rows, sites = list(rows), defaultdict(list)
        for one in visible_sites(self.actor).filter(customer__in=rows).order_by("name"):
            sites[one.customer_id].append(one)
        for row in rows:
            row.shown_sites = sites[row.pk]
        return super().represent(rows, shape)

    def make(self, values: dict[str, Any]) -> Customer:
        sites = values.pop("sites", [])
        made = actions.create_customer(Customer(**values), by=self.actor, at=self.at)
        self._put_sites(made, sites)
        return made

    def alter(self, row: Customer, values: dict[str, Any], version: int | None) -> None:
        sites = values.pop("sites", [])
        actions.change_customer(row, by=self.actor, at=self.at, fields=values, version=version)
        self._put_sites(row, sites)

    def _put_sites(self, customer: Customer, sites: list[dict[str, Any]]) -> None:
        present = {one.name: one for one in visible_sites(self.actor).filter(customer=customer)}
        for one in sites:
            if one["name"] in present:
                fields = {"time_zone": one["time_zone"]}
                actions.change_site(present[one["name"]], by=self.actor, at=self.at, fields=fields)
            else:
                actions.create_site(Site(customer=customer, **one), by=self.actor, at=self.at)


# People.


class PersonRecord(Record):
    """One customer's record of a human."""

    inner = ("is_vip", "role", "has_login")
    id = serializers.IntegerField()
    name = serializers.CharField()
    call_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    customer = Reference()
    site = Reference(key="id")
    language = serializers.CharField()
    time_zone = serializers.CharField()
    is_vip = serializers.BooleanField()
    is_active = serializers.BooleanField()
    role = serializers.SerializerMethodField(
        help_text="requester, customer_manager…; null: he does not sign in."
    )
    has_login = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_role(self, row: Person) -> str | None:
        held = row.user.shown_grants if row.user else []
        return next((one.role for one in held if one.customer_id == row.customer_id), None)

    def get_has_login(self, row: Person) -> bool:
        return row.user_id is not None


class PersonInput(Input):
    customer = Reference(visible_customers, what="customer")
    name = Text(max_length=200)
    call_name = Text(max_length=80, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = Text(max_length=60, required=False, allow_blank=True)
    site = Reference(visible_sites, key="id", what="site", required=False, allow_null=True)
    language = Text(max_length=12, required=False, allow_blank=True)
    time_zone = Zone(max_length=64, required=False, allow_blank=True)
    is_vip = Flag(required=False)
    role = Choice(
        choices=sorted((one.value, one.label) for one in CUSTOMER_ROLES),
        required=False,
        help_text="Lets him sign in for this customer; needs the right to make logins.",
    )


class PersonChange(PersonInput):
    customer = None
    name = Text(max_length=200, required=False)
    is_active = Flag(required=False)


def _words(value: str, _actor: Actor) -> Q:
    return Q(name__icontains=value) | Q(email_key__icontains=email_key(value))


class People(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """The people of customers: requesters, participants, owners. Each belongs to one customer."""

    resource = "people"
    model = Person
    record, input, change = PersonRecord, PersonInput, PersonChange
    order = ("name", "id")
    orderings = {"name": ("name", "id"), "-name": ("-name", "-id"), "id": ("id",), "-id": ("-id",)}
    filters = {
        "customer": lambda value, _actor: Q(customer__slug__in=value.split(",")),
        "email": lambda value, _actor: Q(email_key=email_key(value)),
        "is_active": lambda value, _actor: Q(is_active=either(value)),
        "q": _words,
    }

    def rows(self) -> QuerySet:
        return people_rows(self.actor)

    def make(self, values: dict[str, Any]) -> Person:
        role = values.pop("role", None)
        _check_site(values.get("site"), values["customer"].pk)
        made = actions.create_person(Person(**values), by=self.actor, at=self.at)
        return actions.admit(made, Role(role), by=self.actor, at=self.at) if role else made

    def alter(self, row: Person, values: dict[str, Any], version: int | None) -> None:
        role = values.pop("role", None)
        _check_site(values.get("site"), row.customer_id)
        changed = actions.change_person(row, by=self.actor, at=self.at, fields=values, version=version)
        if role:
            actions.admit(changed, Role(role), by=self.actor, at=self.at)


def people_rows(actor: Actor) -> QuerySet:
    """People the caller sees, with all that their record shows."""
    grants = Prefetch("user__grants", Grant.objects.all(), to_attr="shown_grants")
    return (
        Person.objects.visible_to(actor).select_related("customer", "site", "user").prefetch_related(grants)
    )


def _check_site(site: Site | None, customer_id: int) -> None:
    if site is not None and site.customer_id != customer_id:
        raise errors.required("site", _("This site belongs to another customer."))


# Teams.


class TeamRecord(Record):
    """One team of the provider, or a customer's own second line."""

    slug = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    customer = Reference()
    is_triage = serializers.BooleanField()
    is_active = serializers.BooleanField()
    distribution = serializers.CharField(help_text="manual, least_loaded or round_robin.")
    members = serializers.SerializerMethodField(help_text="[{key, name}], by name.")
    leads = serializers.SerializerMethodField(help_text="Those of the members who lead: [{key, name}].")
    version = serializers.IntegerField()

    def get_members(self, row: Team) -> list[dict[str, Any]]:
        members = sorted(row.memberships.all(), key=lambda one: (one.user.name, one.user_id))
        return [reference(one.user, "id") for one in members]

    def get_leads(self, row: Team) -> list[dict[str, Any]]:
        return [reference(one.user, "id") for one in row.memberships.all() if one.is_lead]


class UserKey(Reference):
    """A login by id or email address."""

    def to_internal_value(self, data: Any) -> User:
        if isinstance(data, str) and "@" in data:
            found = find(queries.desk_users(self.context["actor"]), "email", email_key(data))
            if found is None:
                self.fail("unknown", what=self.what, value=data[:80])
            return found
        return super().to_internal_value(data)


class TeamInput(Input):
    slug = serializers.SlugField(max_length=60)
    name = Text(max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True)
    customer = Reference(visible_customers, what="customer", required=False, allow_null=True)
    distribution = Choice(choices=Distribution.choices, required=False)
    members = serializers.ListField(
        child=UserKey(queries.desk_users, key="id", what="login"),
        required=False,
        max_length=500,
        help_text="Ids or addresses.",
    )


class TeamChange(Input):
    name = Text(max_length=120, required=False)
    email = serializers.EmailField(required=False, allow_blank=True)
    is_active = Flag(required=False)
    distribution = Choice(choices=Distribution.choices, required=False)
    members = serializers.ListField(
        child=UserKey(queries.desk_users, key="id", what="login"),
        required=False,
        max_length=500,
        help_text="Exactly these.",
    )
    leads = serializers.ListField(
        child=UserKey(queries.desk_users, key="id", what="login"),
        required=False,
        max_length=500,
        help_text="Of the members, exactly these.",
    )


class Teams(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Teams of the desk. A customer's people see none."""

    resource = "teams"
    model = Team
    record, input, change = TeamRecord, TeamInput, TeamChange
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"
    order = ("slug",)
    filters = {"is_active": lambda value, _actor: Q(is_active=either(value))}

    def rows(self) -> QuerySet:
        rows = (
            Team.objects.visible_to(self.actor)
            .select_related("customer")
            .prefetch_related("memberships__user")
        )
        return rows if self.actor.is_inside else rows.none()

    def make(self, values: dict[str, Any]) -> Team:
        members = values.pop("members", [])
        return actions.create_team(Team(**values), by=self.actor, at=self.at, members=members)

    def alter(self, row: Team, values: dict[str, Any], version: int | None) -> None:
        members, leads = values.pop("members", None), values.pop("leads", None)
        changed = actions.change_team(row, by=self.actor, at=self.at, fields=values, version=version)
        if members is not None or leads is not None:
            present = row.members.all() if members is None else members
            actions.set_members(changed, by=self.actor, at=self.at, members=present, leads=leads)
