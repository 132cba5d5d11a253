"""The net is not the filter: every list names the actor's customers in its SQL, above the policy."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import time
from customers import ALL, scope
from tests.house import worlds
from tests.places import NOON, build_world

LISTS = {
    "/desk/": ("agent", "tickets_ticket"),
    "/desk/major/": ("agent", "incidents_majorincident"),
    "/desk/inbox/": ("agent", "notifications_notice"),
    "/desk/search/?q=VPN": ("agent", "tickets_ticket"),
    "/": ("requester", "tickets_ticket"),
    "/requests/": ("requester", "tickets_ticket"),
    "/api/v1/tickets/": ("agent", "tickets_ticket"),
    "/api/v1/incidents/": ("agent", "tickets_ticket"),
    "/api/v1/me/notices/": ("agent", "notifications_notice"),
    "/api/v1/events/": ("agent", "journal_position"),
    "/api/v1/people/": ("agent", "accounts_person"),
    "/api/v1/configuration-items/": ("agent", "cmdb_configurationitem"),
    "/api/v1/agreements/": ("agent", "slas_agreement"),
    "/api/v1/status-notices/": ("agent", "incidents_statusnotice"),
    "/api/v1/customers/": ("agent", "customers_customer"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", LISTS)
def test_a_list_names_the_customers_of_the_actor_in_sql(address: str):
    who, table = LISTS[address]
    with time.frozen(NOON), scope(ALL):
        world = build_world()
        worlds.fill(world)
    person = getattr(world.acme, who)
    client = Client(HTTP_HOST="localhost")
    client.force_login(person if who == "agent" else person.user)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    own, column = world.acme.customer.pk, "id" if table == "customers_customer" else "customer_id"
    asked = [one["sql"] for one in queries if f'FROM "{table}"' in one["sql"]]
    named = [f'"{table}"."{column}" IN ({own})', f'"{table}"."{column}" = {own}']
    assert asked
    assert [sql for sql in asked if not any(text in sql for text in named)] == []
