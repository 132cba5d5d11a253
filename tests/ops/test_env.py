"""A wrong value of the environment is one sentence that names it, exit code 2 and no traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from itsm import env

PROJECT = Path(__file__).resolve().parents[2]
GOOD = {
    "DATABASE_URL": "postgresql://itsm_app:secret@db:5432/itsm",
    "BROKER_URL": "redis://broker:6379/0",
    "CACHE_URL": "redis://cache:6379/0",
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz" * 2,
    "BASE_URL": "https://desk.example.com",
}


def refusal(capsys: pytest.CaptureFixture[str], **changed: str | None) -> str:
    given = {name: value for name, value in (GOOD | changed).items() if value is not None}
    with pytest.raises(SystemExit) as ended:
        env.read(given)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said.strip()


def test_a_full_environment_is_read_by_name(tmp_path: Path) -> None:
    values = env.read(GOOD | {"LOCAL_DIR": str(tmp_path), "ALLOWED_HOSTS": "a.example.com, b.example.com"})
    assert values["DATABASE_URL"]["USER"] == "itsm_app"
    assert values["DATABASE_URL"]["HOST"] == "db"
    assert values["DATABASE_OWNER_URL"] == values["DATABASE_URL"]
    assert values["ALLOWED_HOSTS"] == ["a.example.com", "b.example.com", "desk.example.com"]
    assert values["DEBUG"] is False
    assert values["MEDIA_ROOT"] == tmp_path / "media"
    assert values["PORT"] == 8000


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "70000", "PORT is “70000”: write a whole number from 1 to 65535."),
        ("PORT", "eighty", "PORT is “eighty”: write a whole number from 1 to 65535."),
        ("DEBUG", "maybe", "DEBUG is “maybe”: write true or false."),
        ("SECRET_KEY", "short", "SECRET_KEY is too short to sign with: use 50 random characters or more."),
        (
            "DATABASE_URL",
            "mysql://db/itsm",
            "DATABASE_URL is not an address of that kind: write it as postgresql://user:password@host:5432/name.",
        ),
        (
            "DATABASE_URL",
            "postgresql://db",
            "DATABASE_URL lacks a user or a database name: write postgresql://user:password@host:5432/name.",
        ),
        (
            "BROKER_URL",
            "amqp://broker",
            "BROKER_URL is not an address of that kind: write it as redis://:password@host:6379/0.",
        ),
        (
            "BASE_URL",
            "http://desk.example.com",
            (
                "BASE_URL is “http://desk.example.com”: passwords would travel readable; "
                "use https for a host of the network."
            ),
        ),
        (
            "BASE_URL",
            "https://desk.example.com/desk",
            "BASE_URL is “https://desk.example.com/desk”: write scheme and host only, as in https://desk.example.com.",
        ),
        (
            "ALLOWED_HOSTS",
            "*",
            "ALLOWED_HOSTS contains “*”, which lets any host name in: list the names people type, with commas.",
        ),
        ("EMAIL_SECURITY", "ssl", "EMAIL_SECURITY is “ssl”: write one of starttls, tls, none."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is “LOUD”: write one of DEBUG, INFO, WARNING, ERROR."),
        (
            "DEBUG",
            "true",
            "DEBUG is on while BASE_URL is https://desk.example.com: error pages would show secrets; turn DEBUG off.",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(
    capsys: pytest.CaptureFixture[str], name: str, value: str, sentence: str
) -> None:
    assert refusal(capsys, **{name: value}) == sentence


@pytest.mark.parametrize("name", ["BROKER_URL", "CACHE_URL", "SECRET_KEY", "BASE_URL"])
def test_an_installation_names_everything_it_needs(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert refusal(capsys, **{name: None}).startswith(f"{name} is not set, and DATABASE_URL is: ")


def test_with_nothing_set_a_running_supervisor_says_where_its_servers_are(tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text(
        json.dumps({"environment": GOOD | {"BASE_URL": "http://localhost:8123"}})
    )
    values = env.read({"LOCAL_DIR": str(tmp_path)})
    assert values["BASE_URL"] == "http://localhost:8123"
    assert values["DATABASE_URL"]["HOST"] == "db"


def test_the_environment_goes_before_a_running_supervisor(tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text(json.dumps({"environment": GOOD}))
    assert env.read({"LOCAL_DIR": str(tmp_path), "LOG_LEVEL": "WARNING"})["LOG_LEVEL"] == "WARNING"
    changed = env.read({"LOCAL_DIR": str(tmp_path), "BASE_URL": "https://other.example.com"})
    assert changed["BASE_URL"] == "https://other.example.com"


def test_a_damaged_description_of_servers_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "servers.json").write_text("{")
    with pytest.raises(SystemExit):
        env.read({"LOCAL_DIR": str(tmp_path)})
    assert "cannot be read: stop make run, delete that file, and start again." in capsys.readouterr().err


def test_a_command_says_that_the_database_is_not_running(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations"],
        cwd=PROJECT,
        env={"LOCAL_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The database does not answer at 127.0.0.1:9: start it with make run.")
    assert "Traceback" not in done.stderr


def test_every_variable_says_what_it_is_for() -> None:
    listed = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    missing = [variable.name for variable in env.VARIABLES if f"`{variable.name}`" not in listed]
    assert missing == []
    assert all(variable.purpose for variable in env.VARIABLES)
