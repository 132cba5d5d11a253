"""Takes the demo away again, as the owner of the tables: the application may neither delete entries nor history.

What belongs to sample customers goes, whoever added it. What the demo made for the whole installation (teams,
calendars, categories, sign-ins) goes where nothing of anybody else refers to it; the rest stays, and is named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, connections, transaction
from django.db.models import Model

from accounts.models import Compartment, ServiceAccount
from core.actor import ALL, NORMAL
from customers import scoping
from customers.models import Customer, Ownership
from itsm.demo.stage import ACTOR, MARK
from journal.models import Entry
from tickets.models import Attachment, Ticket

OWNER = "owner"
MOST_PASSES = 12
_STEPS = "target_id IN (SELECT id FROM slas_target WHERE agreement_id = %s)"
_ABOUT_AGREEMENT = "subject_kind = 'agreement' AND subject_id = %s"
_PROFILES = "service_id IN (SELECT id FROM cmdb_configurationitem WHERE customer_id = ANY (%s))"
# What the demo makes for the whole installation: the kind of its entry, its table, and the tables that hang on it.
SHARED = (
    ("top_manager", "incidents_topmanager", ()),
    ("survey", "tickets_survey", ()),
    ("routing_rule", "automation_rule", ()),
    ("macro", "automation_macro", (("automation_macrouse", "macro_id = %s"),)),
    ("saved_text", "automation_savedtext", ()),
    ("ticket_template", "automation_tickettemplate", ()),
    ("custom_field", "tickets_customfield", (("tickets_customfieldversion", "field_id = %s"),)),
    ("view", "tickets_savedview", ()),
    ("agreement", "slas_agreement", (
        ("slas_step", _STEPS), ("slas_target", "agreement_id = %s"), ("slas_workloadlimit", "agreement_id = %s"),
        ("slas_agreementversion", "agreement_id = %s"), ("approvals_approval", _ABOUT_AGREEMENT),
    )),
    ("rota", "accounts_rota", (("accounts_rotaswap", "rota_id = %s"), ("accounts_rotamember", "rota_id = %s"))),
    ("organization", "customers_organization", ()),
    ("calendar", "calendars_calendar", (("calendars_calendarversion", "calendar_id = %s"),)),
    ("category", "catalogue_category", ()),
    ("configuration_item_type", "cmdb_itemtype", ()),
    ("team", "accounts_team", (("accounts_membership", "team_id = %s"),)),
)  # fmt: skip
OF_A_USER = (
    ("accounts_grant", "user_id = %s"), ("accounts_membership", "user_id = %s"), ("accounts_token", "user_id = %s"),
    ("accounts_rotamember", "user_id = %s"), ("accounts_rotaswap", "user_id = %s"),
    ("account_emailaddress", "user_id = %s"), ("mfa_authenticator", "user_id = %s"),
    ("usersessions_usersession", "user_id = %s"),
)  # fmt: skip
OF_A_PROGRAM = (("accounts_grant", "service_account_id = %s"), ("accounts_token", "service_account_id = %s"))


@dataclass
class Plan:
    """What is to go, read as the application before anything goes."""

    everybody: list[int]
    customers: list[int]
    compartments: list[int]
    is_provider_kept: bool
    users: list[int]
    programs: list[int]
    shared: dict[str, list[int]]
    files: list[str]
    tickets: int
    kept: list[str] = field(default_factory=list)


def erase() -> Iterator[str]:
    """Erase the sample customers and what the demo made; says what went and what stayed, line by line."""
    with scoping.scope(ALL):
        plan = _plan()
    if not plan.customers:
        yield "There are no sample customers: nothing was erased."
        return
    connections.databases[OWNER] = {**connections.settings["default"], **settings.ENV["DATABASE_OWNER_URL"]}
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        _Eraser(cursor, plan).erase()
    connections[OWNER].close()
    for key in plan.files:
        default_storage.delete(key)
    yield f"Erased: {len(plan.customers)} sample customers with {plan.tickets} tickets, and {len(plan.users)} sign-ins."
    if plan.is_provider_kept:
        yield "The sample provider stays, because he serves customers of your own."
    for one in plan.kept:
        yield f"Stays, because something of yours refers to it: {one}."


def _plan() -> Plan:
    sample = Customer.objects.filter(is_sample=True)
    others = Customer.objects.filter(is_sample=False).exists()
    customers = list((sample.filter(is_provider=False) if others else sample).values_list("id", flat=True))
    made = Entry.objects.filter(
        request_id=MARK, actor_kind="system", actor_label=ACTOR, name__endswith=".created"
    )
    users = made if not others else made.exclude(data__values__email__endswith="@calder-it.example")
    users = _ids(users, "user")
    programs = ServiceAccount.objects.filter(owner_id__in=users)
    compartments = [NORMAL, *Compartment.objects.values_list("id", flat=True)]
    with scoping.scope(ALL, compartments=compartments):
        files = Attachment.objects.filter(customer_id__in=customers)
        return Plan(
            everybody=list(Customer.objects.values_list("id", flat=True)),
            customers=customers,
            compartments=compartments,
            is_provider_kept=others and sample.filter(is_provider=True).exists(),
            users=users,
            programs=list(programs.values_list("id", flat=True)),
            shared={} if others else {kind: _ids(made, kind) for kind, _table, _children in SHARED},
            files=list(files.values_list("storage_key", flat=True)),
            tickets=Ticket.objects.filter(customer_id__in=customers).count(),
        )


def _ids(made: Any, kind: str) -> list[int]:
    return list(made.filter(subject_kind=kind).order_by("id").values_list("subject_id", flat=True))


class _Eraser:
    """Deletes in an order that foreign keys allow, found by trying: whatever is still referred to waits for a pass."""

    def __init__(self, cursor: Any, plan: Plan):
        self.cursor, self.plan = cursor, plan

    def erase(self) -> None:
        """Everything of the plan. Raises IntegrityError where a sample customer's rows cannot go."""
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self._see(caller="")
        self._callers()
        self._closed_circles()
        self._owned()
        for kind, table, children in SHARED:
            for key in reversed(self.plan.shared.get(kind, ())):
                self._or_keep(table, key, children)
        self._or_fail("customers_customer", "id = ANY (%s)", [self.plan.customers])
        if not self.plan.is_provider_kept:
            self._or_fail("customers_installation", "TRUE", [])
        for key in self.plan.programs:
            self._or_keep("accounts_serviceaccount", key, OF_A_PROGRAM)
        for key in self.plan.users:
            self._or_keep("accounts_user", key, OF_A_USER)

    def _see(self, caller: str) -> None:
        customers, compartments = (
            "{" + ",".join(map(str, ids)) + "}" for ids in (self.plan.everybody, self.plan.compartments)
        )
        self.cursor.execute(
            "SELECT set_config('itsm.customers', %s, true), set_config('itsm.compartments', %s, true),"
            " set_config('itsm.caller', %s, true)",
            [customers, compartments, caller],
        )

    def _callers(self) -> None:
        """Uploads, jobs and kept answers, each seen by its own caller alone."""
        callers = [f"user:{key}" for key in self.plan.users] + [
            f"service_account:{key}" for key in self.plan.programs
        ]
        for caller in callers:
            self._see(caller)
            for model in _models(Ownership.CALLER):
                self._or_fail(model._meta.db_table, "caller = %s", [caller])
        self._see(caller="")

    def _closed_circles(self) -> None:
        """Who works for a supplier, and who stands on the list of a restricted ticket: rows of no customer."""
        self._or_fail("accounts_suppliermember", "user_id = ANY (%s)", [self.plan.users])
        members = "DELETE FROM accounts_compartmentmember WHERE user_id = ANY (%s) RETURNING compartment_id"
        self.cursor.execute(members, [self.plan.users])
        theirs = [row[0] for row in self.cursor.fetchall()]
        empty = "id = ANY (%s) AND id NOT IN (SELECT compartment_id FROM accounts_compartmentmember)"
        self._or_fail("accounts_compartment", empty, [theirs])
        self._or_fail("tickets_savedview", "owner_id = ANY (%s)", [self.plan.users])
        self._or_fail("tickets_viewstar", "user_id = ANY (%s)", [self.plan.users])

    def _owned(self) -> None:
        """All rows of the customers, table by table, as often as it takes."""
        waiting = [("catalogue_serviceprofile", _PROFILES), *_of_customers()]
        for _pass in range(MOST_PASSES):
            waiting = [one for one in waiting if not self._delete(*one, [self.plan.customers])]
            if not waiting:
                return
        for table, where in waiting:
            self._or_fail(table, where, [self.plan.customers])

    def _or_keep(self, table: str, key: int, children: Sequence[tuple[str, str]]) -> None:
        """One row with what hangs on it, or none of it."""
        try:
            with transaction.atomic(using=OWNER):
                for child, where in children:
                    self._or_fail(child, where, [key])
                self._or_fail(table, "id = %s", [key])
        except IntegrityError:
            self.plan.kept.append(f"{table} {key}")

    def _delete(self, table: str, where: str, values: list[Any]) -> bool:
        """Whether it could go now."""
        try:
            with transaction.atomic(using=OWNER):
                self._or_fail(table, where, values)
        except IntegrityError:
            return False
        return True

    def _or_fail(self, table: str, where: str, values: list[Any]) -> None:
        self.cursor.execute(f'DELETE FROM "{table}" WHERE {where}', values)  # noqa: S608 - names of our own


def _models(*kinds: Ownership) -> list[type[Model]]:
    return [
        one for one in apps.get_models(include_auto_created=True) if getattr(one, "ownership", None) in kinds
    ]


def _of_customers() -> Iterator[tuple[str, str]]:
    """(table, condition) for every table with rows of customers, as owner or as the other side."""
    for model in _models(Ownership.OWNED, Ownership.SHARED, Ownership.REFERENCE, Ownership.FRAMEWORK):
        names = {one.attname for one in model._meta.concrete_fields}
        for column in ("customer_id", "other_customer_id"):
            if column in names:
                yield model._meta.db_table, f"{column} = ANY (%s)"
