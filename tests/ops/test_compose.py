"""docker-compose.yml, held against the names that settings read and the queues that the beat fills."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from itsm import celery, env
from ops import secrets_file

PROJECT = Path(__file__).resolve().parents[2]
# Given by the image (folders) or of use on one's own machine only.
NOT_IN_COMPOSE = {"LOCAL_DIR", "MEDIA_ROOT", "STATIC_ROOT", "DEBUG", "PORT"}
HOSTS = {"pool", "postgres", "broker", "cache"}


@pytest.fixture(scope="module")
def text() -> str:
    return (PROJECT / "docker-compose.yml").read_text("utf-8")


@pytest.fixture(scope="module")
def services(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)["services"]


def of_product(services: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in services.items() if service["image"] == "clause8"}


def filled_in(value: str) -> str:
    """Return a value as compose would hand it over with a filled .env."""
    value = re.sub(r"\$\{(\w+):-([^${}]*(?:\$\{\w+\})?[^${}]*)\}", r"\2", value)
    return re.sub(
        r"\$\{(\w+)(?::\?)?\}",
        lambda name: "desk.example.com" if name[1] == "SITE_HOST" else "x" * 9 + "Secret" * 9,
        value,
    )


def test_every_part_of_an_installation_is_there(services: dict[str, Any]) -> None:
    assert set(services) == {
        "postgres", "roles", "migrate", "pool", "broker", "cache", "web", "streams",
        "worker-realtime", "worker-timers", "worker-mail", "worker-bulk", "beat", "proxy",
    }  # fmt: skip


def test_each_process_of_the_product_is_given_exactly_the_names_that_settings_read(
    services: dict[str, Any],
) -> None:
    known = {variable.name for variable in env.VARIABLES}
    for name, service in of_product(services).items():
        owner = {"DATABASE_OWNER_URL"}
        expected = known - NOT_IN_COMPOSE - (set() if name == "migrate" else owner)
        assert set(service["environment"]) == expected, name


def test_settings_accept_what_compose_hands_over(services: dict[str, Any], tmp_path: Path) -> None:
    given = {name: filled_in(str(value)) for name, value in services["migrate"]["environment"].items()}
    values = env.read(given | {"LOCAL_DIR": str(tmp_path)})
    assert values["BASE_URL"] == "https://desk.example.com"
    assert values["EMAIL_FROM"] == "Service desk <desk@desk.example.com>"
    assert (values["DATABASE_URL"]["USER"], values["DATABASE_URL"]["HOST"]) == ("itsm_app", "pool")
    assert (values["DATABASE_OWNER_URL"]["USER"], values["DATABASE_OWNER_URL"]["HOST"]) == (
        "itsm_owner",
        "postgres",
    )


def test_addresses_name_services_that_exist(services: dict[str, Any]) -> None:
    named = {
        found
        for service in of_product(services).values()
        for value in service["environment"].values()
        for found in re.findall(r"@(\w+):\d+/", str(value))
    }
    assert named == HOSTS
    assert set(services) >= HOSTS


def test_every_queue_has_a_class_of_workers_and_no_worker_waits_for_none(services: dict[str, Any]) -> None:
    served = [
        argument.removeprefix("--queues=")
        for service in services.values()
        for argument in service.get("command", [])
        if argument.startswith("--queues=")
    ]
    assert sorted(served) == sorted(celery.QUEUES)
    assert {line["options"]["queue"] for line in celery.app.conf.beat_schedule.values()} <= set(celery.QUEUES)


def test_the_broker_never_forgets_and_the_cache_always_may(services: dict[str, Any]) -> None:
    broker, cache = services["broker"]["command"], services["cache"]["command"]
    assert broker[broker.index("--maxmemory-policy") + 1] == "noeviction"
    assert broker[broker.index("--appendonly") + 1] == "yes"
    assert cache[cache.index("--maxmemory-policy") + 1] == "allkeys-lru"


def test_only_the_proxy_can_be_reached_from_outside(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_the_database_is_made_with_the_locale_of_the_embedded_one(services: dict[str, Any]) -> None:
    options = services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert {"--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"} <= set(options)


def test_the_secrets_file_holds_every_secret_that_compose_asks_for(text: str) -> None:
    asked = set(re.findall(r"\$\{(\w+):\?\}", text))
    written = dict(line.split("=", 1) for line in secrets_file.lines("desk.example.com"))
    assert set(written) == asked
    assert len(set(written.values())) == len(written)
    assert all(re.fullmatch(r"[\w-]{60,}", value) for name, value in written.items() if name != "SITE_HOST")


def test_no_secret_stands_in_the_file(text: str) -> None:
    assert re.findall(r'(?:PASSWORD|SECRET_KEY|REDISCLI_AUTH): +"?[^"$\s]', text) == []
