"""Places of this room's tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from tests.notifications import post


@pytest.fixture
def server() -> Iterator[Any]:
    """A mail server that answers what a test wrote down."""
    before = settings.EMAIL_BACKEND
    yield post.use_server()
    settings.EMAIL_BACKEND = before
