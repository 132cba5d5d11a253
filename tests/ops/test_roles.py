"""What the cluster itself refuses the application role, before any policy is asked."""

import psycopg2
import pytest
from django.db import connection
from psycopg2 import errors

from tests import database

pytestmark = pytest.mark.django_db


def flags(role: str) -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = %s",
            [role],
        )
        return dict(zip(("super", "bypass", "roles", "databases", "login"), cursor.fetchone(), strict=True))


def test_tests_run_as_the_application_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("itsm_app", "itsm_app")


@pytest.mark.parametrize(
    ("role", "login"), [("itsm_app", True), ("itsm_owner", True), ("itsm_all", False), ("itsm_search", False)]
)
def test_no_role_of_the_product_stands_above_the_policies(role: str, login: bool) -> None:
    assert flags(role) == {
        "super": False,
        "bypass": False,
        "roles": False,
        "databases": False,
        "login": login,
    }


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.a (b int)",
        "CREATE TEMPORARY TABLE a (b int)",
        "CREATE SCHEMA a",
        "TRUNCATE django_session",
        "ALTER TABLE django_session ADD COLUMN a int",
        "SET ROLE itsm_owner",
        "SET ROLE itsm_search",
    ],
)
def test_the_application_role_is_refused(statement: str) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(Exception, match=r"permission denied|must be owner") as caught,
    ):
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, errors.InsufficientPrivilege)


def test_the_role_of_all_customers_is_put_on_and_never_inherited() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inherit_option, set_option, admin_option FROM pg_auth_members "
            "WHERE roleid = 'itsm_all'::regrole AND member = 'itsm_app'::regrole"
        )
        assert cursor.fetchall() == [(False, True, False)]
        cursor.execute("SET LOCAL ROLE itsm_all")
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("itsm_all",)


def test_the_owner_makes_functions_as_the_search_role(django_db_setup: None) -> None:
    """A migration puts on itsm_search, creates its function, and the application may call it, the public may not."""
    place = database.place()
    name = database.clone()
    owner = psycopg2.connect(place.environment(name)["DATABASE_OWNER_URL"])
    with owner, owner.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE itsm_search")
        cursor.execute("CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN 1")
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT proowner::regrole::text, proacl::text FROM pg_proc WHERE proname = 'counted'")
        function_owner, rights = cursor.fetchone()
    owner.close()
    assert function_owner == "itsm_search"
    assert "itsm_app=X" in rights
    assert "itsm_all=X" in rights
    assert "{=X" not in rights
    assert ",=X" not in rights
    database.drop(name)
