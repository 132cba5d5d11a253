"""People at the door: the same town and visitors as the portal's tests."""

import contextlib
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from tests.places import World
from tests.portal.conftest import town, visitor  # noqa: F401 - fixtures

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _nobody_has_tried_before(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limits are counted in the cache, which workers share: each test counts under a name of its own."""
    monkeypatch.setitem(settings.CACHES["default"], "KEY_PREFIX", uuid.uuid4().hex)
    forget_cache()
    yield
    forget_cache()


def forget_cache() -> None:
    """Let the next use of the cache in this thread read its settings anew."""
    with contextlib.suppress(AttributeError):
        del caches["default"]


@pytest.fixture
def sign_in(town: World) -> Callable[..., object]:  # noqa: F811
    """Send the sign-in form; answers the response."""

    def send(client: Client, email: str, password: str = PASSWORD, **more: str):
        return client.post("/account/login/", {"login": email, "password": password, **more})

    return send
