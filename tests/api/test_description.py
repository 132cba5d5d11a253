"""The description that is in the project agrees with the code, and the command for tokens gives one that works."""

import io

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from api import schema
from api.management.commands import write_openapi
from tests.api.callers import Caller
from tests.places import World
from tickets import processes


def test_the_file_is_what_the_code_says():
    written = (settings.BASE_DIR / write_openapi.PLACE).read_text(encoding="utf-8")
    assert yaml.safe_load(written) == yaml.safe_load(write_openapi.text()), "run manage.py write_openapi"


def test_every_process_has_its_resource():
    paths = schema.document()["paths"]
    for process in processes.every():
        assert {
            f"/api/v1/{process.slug}/",
            f"/api/v1/{process.slug}/{{number}}/actions/{{verb}}/",
        } <= paths.keys()


def test_every_operation_names_its_refusals():
    for operations in schema.document()["paths"].values():
        for operation in operations.values():
            assert {"400", "401", "403", "404", "429"} <= operation["responses"].keys()


def test_a_token_is_printed_alone_on_its_line_and_works(world: World):
    printed = io.StringIO()
    call_command("issue_token", "Agent@Calder.example", "--scope", "read", "--days", "366", stdout=printed)
    lines = printed.getvalue().splitlines()
    assert len(lines) == 1
    caller = Caller(world.agent)
    caller.secret = lines[0]
    assert caller.get("me/").json()["scopes"] == ["read"]


@pytest.mark.parametrize(
    ("email", "days", "word"), [("no@one.example", "1", "Nobody"), ("agent@calder.example", "367", "366")]
)
def test_a_token_that_cannot_be_is_refused_in_a_sentence(world: World, email: str, days: str, word: str):
    with pytest.raises(CommandError, match=word):
        call_command("issue_token", email, "--days", days)
