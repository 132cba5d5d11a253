"""Places every test can ask for: a database as the application role, servers, a browser, a folder for files.

Nothing is reached that a test did not ask for: until `db` (or `committing_db`) is asked for, the addresses of
database, cache and broker lead nowhere, also while a `make run` is up beside the tests.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from itsm import celery_app, env
from tests import database
from tests.places import everywhere, incident, world  # noqa: F401 - fixtures

CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_configure() -> None:
    """Lead every address nowhere, and hash passwords fast."""
    host, port = env.NOWHERE.split(":")
    settings.DATABASES["default"].update(HOST=host, PORT=port, NAME="nowhere")
    settings.CACHE_URL = settings.CACHES["default"]["LOCATION"] = f"redis://{env.NOWHERE}/1"
    settings.COUNTERS_SECONDS = 0
    settings.CELERY_BROKER_URL = f"redis://{env.NOWHERE}/0"
    celery_app.conf.broker_url = settings.CELERY_BROKER_URL
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver", "localhost", "127.0.0.1"]
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    settings.MEDIA_ROOT = str(home / "media")
    settings.EMAIL_FILE_PATH = str(home / "outbox")
    settings.LOCAL_DIR = home


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """Give this process (each xdist worker) a clone of the template, as the application role."""
    name = database.clone()
    database.work_in(name)
    yield
    connections.close_all()
    database.drop(name)


@pytest.fixture
def committing_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Give a database of the test's own, where commits are real; its name is the value."""
    with django_db_blocker.unblock(), database.fresh() as name:
        yield name


@pytest.fixture
def transactional_db(committing_db: str) -> str:
    """Stand in for pytest-django's, which flushes by TRUNCATE; `live_server` asks for it."""
    return committing_db


@pytest.fixture
def product_environment(committing_db: str) -> dict[str, str]:
    """Give the environment for processes of the product (workers, commands) on the test's own database."""
    return os.environ | database.place().environment(committing_db) | {"LOCAL_DIR": str(settings.LOCAL_DIR)}


def find_chromium() -> str | None:
    """Return a Chromium: $CHROMIUM, the system's, or Playwright's own download."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    downloads = Path.home() / ".cache" / "ms-playwright"
    return next(
        (str(path) for path in sorted(downloads.glob("chromium-*/chrome-linux*/chrome"), reverse=True)), None
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Give a headless Chromium, driven by Playwright; skip with one line where there is none, fail in CI."""
    program = find_chromium()
    if program is None:
        sentence = "No Chromium was found: install your system's chromium package, or name one in CHROMIUM."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - half a second that only journeys need

    # Playwright runs a loop of its own in this thread; Django would refuse the database in its neighbourhood.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Give a new page in a context of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()
