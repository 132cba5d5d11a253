"""The database's own catalogue is held against what the models declare: nobody forgets a policy."""

import pytest
from django.db import connection

from customers.models import Customer, Ownership
from tests.house import models as house

POLICIES = {
    "isolation_read",
    "isolation_insert",
    "isolation_update",
    "isolation_delete",
    "isolation_all",
    "isolation_search",
}
ROLES = {"isolation_all": ["itsm_all"], "isolation_search": ["itsm_search"]}
PROTECTED = (Ownership.OWNED, Ownership.SHARED, Ownership.REFERENCE, Ownership.CALLER)

# Unique keys that do not start with the customer, each with its reason.
GLOBAL_KEYS = {
    "tickets_ticket.number": "numbers are unique in the installation, and may have gaps",
    "customers_customer.slug": "slugs of customers are given by the provider and never reused",
    "customers_customer.is_provider": "there is one provider",
    "cmdb_configurationitem.slug": "only services have one; they are the provider's",
    "cmdb_itemtype.slug": "types are the installation's",
    "slas_agreementversion.agreement_id,number": "what targets refer to; the installation's have no customer",
    "accounts_team.slug": "teams are named by the provider",
    "accounts_team.is_triage": "one triage team",
    "catalogue_category.slug": "categories are named by the provider",
    "catalogue_serviceprofile.service_id": "one profile per service",
    "tickets_customfield.kind,key": "keys are names in the API, one space for all customers",
    "tickets_customfieldversion.field_id,version": "versions of one field",
    "tickets_matrix.version": "versions of the installation's matrix",
    "incidents_majorprocedure.version": "versions of the installation's procedure",
    "tickets_holdreason.kind": "one default reason per kind",
    "calendars_calendarversion.calendar_id,number": "versions of one calendar",
}

# Functions that run with the rights of their owner, and whose they are.
DEFINERS = {
    "itsm_search_tickets": "itsm_search",  # ids that match words, within what it is told counts
    "itsm_entries_follow": "itsm_owner",  # a ticket's entries move into its compartment
    "itsm_history_follows": "itsm_owner",  # a row's history moves into its compartment
    "itsm_callers_with_old_uploads": "itsm_search",  # whose files nobody claimed: callers, no files
    "itsm_restricted_open": "itsm_search",  # how many open tickets are closed to a reader: a number
    "itsm_find_restricted": "itsm_search",  # the keys behind a restricted number, for breaking the glass
    "itsm_duplicate_tickets": "itsm_search",  # ids of open tickets that match words, of the customer it is told
    "itsm_open_load": "itsm_search",  # how many open tickets a login has in hand: counts, no tickets
    "itsm_similar_tickets": "itsm_search",  # ids of tickets with the same words, within what it is told counts
    "itsm_stale_jobs": "itsm_search",  # whose jobs lost their worker: ids and callers
}

pytestmark = pytest.mark.django_db


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_every_table_says_whose_rows_it_holds():
    silent = [
        one._meta.label for one in house.ours() if not isinstance(getattr(one, "ownership", None), Ownership)
    ]
    assert silent == []


def test_no_table_in_the_database_is_unknown_to_the_models():
    known = {one._meta.db_table for one in house.ours()} | house.LIBRARY_TABLES.keys()
    present = {row[0] for row in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert present - known == set()


@pytest.mark.parametrize("model", house.of(*PROTECTED), ids=lambda one: one._meta.label)
def test_a_protected_table_is_under_forced_row_level_security_with_its_policies(model):
    table = model._meta.db_table
    found = rows("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table)
    assert found == [(True, True)]
    policies = dict(rows("SELECT policyname, roles::text[] FROM pg_policies WHERE tablename = %s", table))
    assert policies.keys() == POLICIES
    for name, roles in policies.items():
        assert sorted(roles) == ROLES.get(name, ["itsm_app", "itsm_owner"])


@pytest.mark.parametrize("model", house.of(*PROTECTED), ids=lambda one: one._meta.label)
def test_its_policies_name_the_customer_or_caller_and_the_compartment(model):
    clauses = rows(
        "SELECT policyname, coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies WHERE tablename = %s"
        " AND policyname <> 'isolation_search'",
        model._meta.db_table,
    )
    setting = "itsm.caller" if model.ownership == Ownership.CALLER else "itsm.customers"
    for name, clause in clauses:
        if name != "isolation_all":
            assert setting in clause, (name, clause)
        if house.has_field(model, "compartment"):
            assert "itsm.compartments" in clause, (name, clause)


@pytest.mark.parametrize(
    "model", house.of(Ownership.OWNED, Ownership.SHARED), ids=lambda one: one._meta.label
)
def test_an_owned_row_cannot_be_without_its_customer(model):
    column = "id" if model is Customer else "customer_id"
    found = rows(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
        model._meta.db_table,
        column,
    )
    assert found == [(True,)]


@pytest.mark.parametrize("model", house.of(*PROTECTED), ids=lambda one: one._meta.label)
def test_the_application_may_neither_truncate_nor_rewrite_what_only_grows(model):
    table = model._meta.db_table
    for role in ("itsm_app", "itsm_all"):
        may = rows(
            "SELECT has_table_privilege(%s, %s, 'TRUNCATE'), has_table_privilege(%s, %s, 'UPDATE'),"
            " has_table_privilege(%s, %s, 'DELETE')",
            *(role, table) * 3,
        )[0]
        grows = getattr(model, "append_only", False)
        assert may == (False, not grows, not grows), role


def test_foreign_keys_between_owned_tables_carry_the_customer():
    owned = {one._meta.db_table for one in house.of(Ownership.OWNED) if one is not Customer}
    plain = [
        f"{child}.{','.join(columns)} -> {parent}"
        for child, parent, columns in rows(
            """SELECT c.conrelid::regclass::text, c.confrelid::regclass::text,
                      array_agg(a.attname::text ORDER BY k.place)
                 FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY k(number, place), pg_attribute a
                WHERE c.contype = 'f' AND a.attrelid = c.conrelid AND a.attnum = k.number
                GROUP BY c.oid, c.conrelid, c.confrelid"""
        )
        if child in owned and parent in owned and not columns[0].endswith("customer_id")
    ]
    assert plain == []


def test_every_foreign_key_field_without_a_constraint_of_django_has_a_scoped_one():
    constraints = {name for (name,) in rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    bare = [
        f"{model._meta.label}.{field.name}"
        for model in house.of(Ownership.OWNED, Ownership.SHARED)
        if not model.__name__.startswith("Historical")
        for field in model._meta.concrete_fields
        if field.is_relation and not field.db_constraint
        and f"{model._meta.db_table}_{field.name}_scoped" not in constraints
    ]  # fmt: skip
    assert bare == []


def test_unique_keys_start_with_the_customer_or_are_named_here_with_a_reason():
    tables = {one._meta.db_table for one in house.of(Ownership.OWNED, Ownership.SHARED, Ownership.REFERENCE)}
    found = {
        f"{table}.{','.join(columns)}"
        for table, columns in rows(
            """SELECT i.indrelid::regclass::text, array_agg(a.attname::text ORDER BY k.place)
                 FROM pg_index i, unnest(i.indkey::int[]) WITH ORDINALITY k(number, place), pg_attribute a
                WHERE i.indisunique AND NOT i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number
                GROUP BY i.indexrelid, i.indrelid"""
        )
        if table in tables and columns[0] != "customer_id"
    }
    assert found - GLOBAL_KEYS.keys() == set()
    assert GLOBAL_KEYS.keys() - found == set()


def test_the_application_role_has_no_way_around_the_policies():
    found = rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'itsm_app'"
    )
    assert found == [(False, False, False, False)]
    assert rows(
        "SELECT pg_has_role('itsm_app', 'itsm_owner', 'MEMBER'), pg_has_role('itsm_app', 'itsm_all', 'USAGE')"
    ) == [(False, False)]
    assert rows("SELECT has_schema_privilege('itsm_app', 'public', 'CREATE')") == [(False,)]


def test_there_are_no_views_that_would_bypass_a_policy():
    assert rows("SELECT relname FROM pg_class WHERE relkind = 'm'") == []
    assert (
        rows(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v'"
            " AND n.nspname = 'public' AND NOT coalesce(c.reloptions::text LIKE '%%security_invoker=true%%', false)"
        )
        == []
    )


def test_functions_with_the_rights_of_their_owner_are_known_and_fix_their_search_path():
    found = dict(
        rows(
            "SELECT p.proname, pg_get_userbyid(p.proowner) || ' ' || coalesce(p.proconfig::text, '') FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname = 'public'"
        )
    )
    assert {name: text.split(" ")[0] for name, text in found.items()} == DEFINERS
    assert all("search_path=pg_catalog, public" in text for text in found.values())
