"""People at the door: the same town and visitors as the portal's tests."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from tests.places import World
from tests.portal.conftest import town, visitor  # noqa: F401 - fixtures

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _nobody_has_tried_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def sign_in(town: World) -> Callable[..., object]:  # noqa: F811
    """Send the sign-in form; answers the response."""

    def send(client: Client, email: str, password: str = PASSWORD, **more: str):
        return client.post("/account/login/", {"login": email, "password": password, **more})

    return send
