"""The addresses under /api/v1/: every room's resources, and one set of routes per process of the wiring."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts import api as accounts
from api.idempotency import Keyed
from api.schema import Described


def keyed(door: type) -> type:
    """The door with Idempotency-Key, which needs the journal and so cannot stand in the core."""
    return type(door.__name__, (Keyed, door), {"__doc__": door.__doc__, "__module__": door.__module__})


RESOURCES = {
    "customers": accounts.Customers,
    "people": accounts.People,
    "teams": accounts.Teams,
}

router = SimpleRouter()
for prefix, door in RESOURCES.items():
    router.register(prefix, keyed(door), basename=f"api-{prefix}")

urlpatterns = [
    path("me/", accounts.Me.as_view({"get": "show"}), name="api-me"),
    path("schema/", Described.as_view(), name="api-schema"),
    *router.urls,
]
