"""What the environment may say, read and checked in one place.

Each name is looked up in the environment first, then in what a running `make run` wrote about its own servers
(`servers.json` in LOCAL_DIR), then in its default. A wrong value ends the process with one sentence that names it
and exit code 2: an installation that starts on a guess is worse than one that does not start.
"""

import ipaddress
import json
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ

PROJECT = Path(__file__).resolve().parent.parent
SERVERS_FILE = "servers.json"
NOWHERE = "127.0.0.1:9"


class BadValueError(ValueError):
    """A value that cannot be used; its text completes the sentence "NAME ..."."""


def fail(sentence: str) -> NoReturn:
    """End the process with one sentence on standard error and exit code 2."""
    sys.stderr.write(sentence.rstrip() + "\n")
    raise SystemExit(2)


def text(value: str) -> str:
    return value


def switch(value: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.strip().lower() not in words:
        raise BadValueError(f"is “{value}”: write true or false")
    return words[value.strip().lower()]


def number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.strip().isdecimal() or not lowest <= int(value) <= highest:
            raise BadValueError(f"is “{value}”: write a whole number from {lowest} to {highest}")
        return int(value)

    return read


def names(value: str) -> list[str]:
    found = [name.strip() for name in value.split(",") if name.strip()]
    if "*" in found:
        raise BadValueError(
            "contains “*”, which lets any host name in: list the names people type, with commas"
        )
    return found


def database(value: str) -> dict[str, Any]:
    parts = _address(value, {"postgres", "postgresql"}, "postgresql://user:password@host:5432/name")
    if not parts.username or not parts.path.strip("/"):
        raise BadValueError(
            "lacks a user or a database name: write postgresql://user:password@host:5432/name"
        )
    return dict(environ.Env.db_url_config(value)) | {"ENGINE": "django.db.backends.postgresql"}


def redis(value: str) -> str:
    _address(value, {"redis", "rediss"}, "redis://:password@host:6379/0")
    return value


def web_address(value: str) -> str:
    parts = _address(value, {"http", "https"}, "https://desk.example.com")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadValueError(f"is “{value}”: write scheme and host only, as in https://desk.example.com")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise BadValueError(
            f"is “{value}”: passwords would travel readable; use https for a host of the network"
        )
    return value.rstrip("/")


def one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise BadValueError(f"is “{value}”: write one of {', '.join(words)}")
        return value

    return read


def key(value: str) -> str:
    if len(value) < 50 or len(set(value)) < 5:
        raise BadValueError("is too short to sign with: use 50 random characters or more")
    return value


def folder(value: str) -> Path:
    path = Path(value).expanduser()
    path = path if path.is_absolute() else PROJECT / path
    if path.exists() and not path.is_dir():
        raise BadValueError(f"is “{value}”, which is a file: name a folder")
    return path


def _address(value: str, schemes: set[str], example: str) -> Any:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise BadValueError(f"is not an address ({error}): write it as {example}") from error
    if parts.scheme not in schemes or not parts.hostname:
        raise BadValueError(f"is not an address of that kind: write it as {example}")
    return parts


def is_loopback(host: str) -> bool:
    """Whether `host` is a name or address of this very machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Variable:
    """One name of the environment: how it is read, what holds without it, what it is for.

    `needed` names must be given once DATABASE_URL is: then this is an installation, not a first look.
    """

    name: str
    read: Callable[[str], Any]
    purpose: str
    default: str | None = None
    needed: bool = False


VARIABLES = [
    Variable(
        "DATABASE_URL",
        database,
        "PostgreSQL as the application role, itsm_app (through pgbouncer if there is one)",
        needed=True,
    ),
    Variable(
        "DATABASE_OWNER_URL",
        database,
        "PostgreSQL as itsm_owner, past pgbouncer; only `manage.py migrate` uses it",
    ),
    Variable("BROKER_URL", redis, "Redis or Valkey for Celery: noeviction, append-only file", needed=True),
    Variable(
        "CACHE_URL",
        redis,
        "Redis or Valkey for the cache and live updates: may lose everything at any time",
        needed=True,
    ),
    Variable("SECRET_KEY", key, "signs sessions and links; 50 random characters or more", needed=True),
    Variable("BASE_URL", web_address, "the address people type; https outside this machine", needed=True),
    Variable(
        "ALLOWED_HOSTS",
        names,
        "further host names, with commas; the host of BASE_URL is always one",
        default="",
    ),
    Variable("DEBUG", switch, "error pages with details; only on this machine", default="false"),
    Variable(
        "LOCAL_DIR", folder, "what this machine keeps: embedded servers, outbox, logs", default=".local"
    ),
    Variable(
        "MEDIA_ROOT",
        folder,
        "attachments; a folder that web and workers share (default: media in LOCAL_DIR)",
        default="",
    ),
    Variable("ATTACHMENT_MEGABYTES", number(1, 1_000), "the largest attachment", default="25"),
    Variable(
        "STATIC_ROOT", folder, "collected style sheets and scripts (default: static in LOCAL_DIR)", default=""
    ),
    Variable(
        "PORT",
        number(1, 65535),
        "the port of `make run` and of the web process in a container",
        default="8000",
    ),
    Variable(
        "PROXY_COUNT",
        number(0, 9),
        "how many proxies of ours stand in front and append to X-Forwarded-For",
        default="1",
    ),
    Variable(
        "EMAIL_HOST", text, "mail server; without it mail is written to outbox in LOCAL_DIR", default=""
    ),
    Variable("EMAIL_PORT", number(1, 65535), "port of the mail server", default="587"),
    Variable("EMAIL_HOST_USER", text, "user at the mail server", default=""),
    Variable("EMAIL_HOST_PASSWORD", text, "password at the mail server", default=""),
    Variable(
        "EMAIL_SECURITY", one_of("starttls", "tls", "none"), "starttls, tls or none", default="starttls"
    ),
    Variable("EMAIL_FROM", text, "the sender of mail", default="Service desk <desk@localhost>"),
    Variable(
        "OPEN_API_DOCS",
        switch,
        "the description of the REST API can be read without signing in",
        default="false",
    ),
    Variable(
        "LOG_LEVEL",
        one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "DEBUG, INFO, WARNING or ERROR",
        default="INFO",
    ),
    Variable("LOG_FORMAT", one_of("json", "text"), "json or text", default="json"),
]


def read(environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Return every variable by name, parsed. Ends the process (2) with a sentence where one is wrong or missing."""
    given = dict(os.environ if environment is None else environment)
    local = _parse(next(v for v in VARIABLES if v.name == "LOCAL_DIR"), given.get("LOCAL_DIR") or ".local")
    given = _of_running_servers(local) | {name: value for name, value in given.items() if value != ""}
    if "DATABASE_URL" not in given:
        given = _first_look() | given
    values = {variable.name: _value(variable, given) for variable in VARIABLES}
    return _consistent(values, local)


def is_running_here(local: Path) -> bool:
    """Whether a `make run` on this folder has said where its servers are."""
    return (local / SERVERS_FILE).exists()


def _value(variable: Variable, given: dict[str, str]) -> Any:
    raw = given.get(variable.name, variable.default)
    if raw is None and variable.needed:
        fail(f"{variable.name} is not set, and DATABASE_URL is: {variable.purpose}.")
    return None if raw in (None, "") and variable.default in (None, "") else _parse(variable, raw or "")


def _parse(variable: Variable, raw: str) -> Any:
    try:
        return variable.read(raw)
    except BadValueError as error:
        fail(f"{variable.name} {error}.")


def _of_running_servers(local: Path) -> dict[str, str]:
    try:
        return dict(json.loads((local / SERVERS_FILE).read_text(encoding="utf-8"))["environment"])
    except FileNotFoundError:
        return {}
    except PermissionError:
        fail(f"{local / SERVERS_FILE} belongs to another user: run as the user who typed make run.")
    except (ValueError, KeyError, TypeError):
        fail(f"{local / SERVERS_FILE} cannot be read: stop make run, delete that file, and start again.")


def _first_look() -> dict[str, str]:
    """Values that let settings load where nothing runs yet: checks, migrations to be written, help texts."""
    return {
        "DATABASE_URL": f"postgresql://itsm_app@{NOWHERE}/itsm",
        "DATABASE_OWNER_URL": f"postgresql://itsm_owner@{NOWHERE}/itsm",
        "BROKER_URL": f"redis://{NOWHERE}/0",
        "CACHE_URL": f"redis://{NOWHERE}/1",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "BASE_URL": "http://localhost:8000",
    }


def _consistent(values: dict[str, Any], local: Path) -> dict[str, Any]:
    host = urlsplit(values["BASE_URL"]).hostname or ""
    if values["DEBUG"] and not is_loopback(host):
        fail(
            f"DEBUG is on while BASE_URL is {values['BASE_URL']}: error pages would show secrets; turn DEBUG off."
        )
    values["LOCAL_DIR"] = local
    values["MEDIA_ROOT"] = values["MEDIA_ROOT"] or local / "media"
    values["STATIC_ROOT"] = values["STATIC_ROOT"] or local / "static"
    values["ALLOWED_HOSTS"] = sorted({host, *(values["ALLOWED_HOSTS"] or [])})
    values["DATABASE_OWNER_URL"] = values["DATABASE_OWNER_URL"] or values["DATABASE_URL"]
    return values
