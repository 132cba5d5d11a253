"""What a person changes about his own login, and that nobody else does it for him."""

import datetime as dt
import re

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import actors, profile_actions, service_accounts, tokens
from accounts.models import ServiceAccount, Token, User
from core import errors
from core.actor import ALL
from customers import scoping
from journal.models import Entry
from tests.accounts.conftest import PASSWORD
from tests.places import NOON

PROFILE = {
    "name": "Sofia Keller",
    "time_zone": "Europe/Lisbon",
    "theme": "dark",
    "density": "compact",
    "outbox_seconds": "10",
    "has_keys": "",
}
TOKEN = {"name": "Reports", "scopes": ["read"], "days": "30"}


def entries(name: str) -> list[dict]:
    with scoping.scope(ALL):
        return list(Entry.objects.filter(name=name).order_by("id").values_list("data", flat=True))


def confirmed(client: Client) -> Client:
    """A browser whose person has just shown again who he is."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def test_preferences_are_kept_and_the_next_page_is_drawn_by_them(town, visitor):
    client = visitor(town.agent)
    assert client.post("/account/profile/", PROFILE)["Location"] == "/account/profile/"
    user = User.objects.get(pk=town.agent.pk)
    assert (user.time_zone, user.theme, user.density, user.has_keys) == (
        "Europe/Lisbon",
        "dark",
        "compact",
        False,
    )
    page = client.get("/account/profile/").content.decode()
    assert (
        '<html lang="en" dir="ltr" data-theme="dark" data-density="compact" data-keys="off" data-zone="Europe/Lisbon"'
        in page
    )


def test_how_pages_look_is_no_entry_of_the_journal_but_a_new_name_is(town, visitor):
    client, before = visitor(town.agent), len(entries("user.changed"))
    client.post("/account/profile/", PROFILE)
    assert len(entries("user.changed")) == before
    client.post("/account/profile/", {**PROFILE, "name": "Sofia Keller-Brandt"})
    assert entries("user.changed")[before:] == [
        {"changes": {"name": ["Sofia Keller", "Sofia Keller-Brandt"]}, "reason": ""}
    ]


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"theme": "pink"}, {"time_zone": "Moon/Sea"}, {"density": "huge"}]
)
def test_a_wrong_value_changes_nothing_and_is_said_at_its_field(town, visitor, wrong):
    before = User.objects.values().get(pk=town.agent.pk)
    answer = visitor(town.agent).post("/account/profile/", {**PROFILE, **wrong})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert {**User.objects.values().get(pk=town.agent.pk), "last_login": None} == {
        **before,
        "last_login": None,
    }


def test_the_menu_sets_the_theme_and_goes_back_to_its_page_but_never_to_another_site(town, visitor):
    client = visitor(town.acme.requester)
    assert (
        client.post("/account/profile/theme/", {"theme": "dark", "next": "/requests/"})["Location"]
        == "/requests/"
    )
    assert User.objects.get(pk=town.acme.requester.user_id).theme == "dark"
    away = client.post("/account/profile/theme/", {"theme": "", "next": "https://elsewhere.example/"})
    assert away["Location"] == "/account/profile/"
    assert client.post("/account/profile/theme/", {"theme": "pink"}).status_code == 422
    assert client.get("/account/profile/theme/").status_code == 405


def test_one_sees_and_ends_ones_own_devices_only(town, visitor, sign_in):
    here, there, other = (
        Client(),
        Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}),
        Client(),
    )
    sign_in(here, town.agent.email)
    sign_in(there, town.agent.email)
    sign_in(other, town.lead.email)
    page = here.get("/account/profile/devices/").content.decode()
    assert page.count("Sign out<span") == 1
    assert "Firefox on Linux" in page
    strange = UserSession.objects.get(user=town.lead)
    assert here.post(f"/account/profile/devices/{strange.pk}/end/").status_code == 404
    assert other.get("/account/profile/").status_code == 200
    mine = UserSession.objects.get(user=town.agent, user_agent__contains="Firefox")
    here.post(f"/account/profile/devices/{mine.pk}/end/")
    assert there.get("/account/profile/")["Location"] == "/account/login/?next=/account/profile/"
    assert here.get("/account/profile/").status_code == 200


def test_a_token_is_made_after_confirming_shown_once_and_works_until_it_is_revoked(town, visitor):
    client = visitor(town.agent)
    assert client.get("/account/profile/tokens/new/")["Location"].startswith("/account/reauthenticate/")
    assert client.post("/account/profile/tokens/new/", TOKEN)["Location"].startswith(
        "/account/reauthenticate/"
    )
    assert not Token.objects.exists()
    made = confirmed(client).post("/account/profile/tokens/new/", TOKEN)
    assert "no-store" in made["Cache-Control"]
    secret = re.search(r'value="(c8_[^"]+)"', made.content.decode())[1]
    assert secret not in client.get("/account/profile/tokens/").content.decode()
    assert tokens.actor_of(f"Bearer {secret}").scopes == {"read"}
    row = Token.objects.get()
    assert entries("user.changed")[-1]["changes"] == {"tokens": [None, f"Reports ({row.prefix}…, read)"]}
    assert secret not in str(entries("user.changed"))
    client.post(f"/account/profile/tokens/{row.pk}/revoke/")
    with pytest.raises(errors.SignInNeeded):
        tokens.actor_of(f"Bearer {secret}")


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "0"}, {"days": "367"}]
)
def test_a_token_without_name_scope_or_end_is_not_made(town, visitor, wrong):
    answer = confirmed(visitor(town.agent)).post("/account/profile/tokens/new/", {**TOKEN, **wrong})
    assert (answer.status_code, Token.objects.count()) == (422, 0)


def test_nobody_ends_anothers_token(town, visitor):
    row, secret = tokens.issue(town.lead, name="Lead's", scopes=["read"], at=dt.datetime.now(dt.UTC))
    assert visitor(town.agent).post(f"/account/profile/tokens/{row.pk}/revoke/").status_code == 404
    assert tokens.actor_of(f"Bearer {secret}").id == town.lead.pk


def test_a_login_is_changed_by_its_own_person_only(town):
    by = actors.of_user(town.administrator)
    with scoping.scope(ALL) as here, pytest.raises(errors.Forbidden):
        profile_actions.change_profile(town.agent, by=by, at=here.at, fields={"name": "Else"})
    with scoping.scope(ALL) as here, pytest.raises(errors.Forbidden):
        profile_actions.issue_token(town.agent, by=by, at=here.at, name="x", scopes=["read"], days=1)
    assert (User.objects.get(pk=town.agent.pk).name, Token.objects.count()) == ("Sofia Keller", 0)


@pytest.mark.parametrize(
    "path", ["profile/", "profile/devices/", "profile/tokens/", "profile/tokens/new/", "factors/"]
)
def test_strangers_are_led_to_the_sign_in(town, path):
    assert Client().get(f"/account/{path}").status_code == 302


def service_account(town, **more):
    with scoping.scope(ALL) as here:
        by = actors.of_user(town.administrator)
        return service_accounts.create("Monitoring", owner=town.agent, by=by, at=here.at, **more)


def test_a_service_account_has_two_tokens_at_most_so_that_they_can_be_exchanged(town):
    account, by = service_account(town), actors.of_user(town.administrator)
    with scoping.scope(ALL) as here:
        now = dt.datetime.now(dt.UTC)
        given = {"by": by, "at": now, "scopes": ["write"]}
        old, _secret = service_accounts.issue_token(account, name="one", **given)
        _new, secret = service_accounts.issue_token(account, name="two", **given)
        with pytest.raises(errors.Invalid):
            service_accounts.issue_token(account, name="three", **given)
        service_accounts.revoke_token(account, old.pk, by=by, at=now)
        service_accounts.issue_token(account, name="three", **given)
        actor = tokens.actor_of(f"Bearer {secret}")
        assert (actor.label, actor.is_human, actor.customers) == ("Monitoring", False, frozenset())
        assert here.at == NOON
    changed = entries("service_account.changed")
    assert len(changed) == 4
    assert secret not in str(changed)


def test_a_service_account_that_is_switched_off_has_no_token_left(town):
    account, by = service_account(town), actors.of_user(town.administrator)
    now = dt.datetime.now(dt.UTC)
    with scoping.scope(ALL):
        _row, secret = service_accounts.issue_token(account, name="one", scopes=["read"], by=by, at=now)
        with pytest.raises(errors.Invalid):
            service_accounts.disable(account, by=by, at=now, reason=" ")
        account = service_accounts.disable(account, by=by, at=now, reason="Replaced")
        with pytest.raises(errors.Invalid):
            service_accounts.issue_token(account, name="two", scopes=["read"], by=by, at=now)
    with pytest.raises(errors.SignInNeeded):
        tokens.actor_of(f"Bearer {secret}")
    assert entries("service_account.changed")[-1]["reason"] == "Replaced"


def test_only_who_may_make_logins_makes_service_accounts(town):
    for user in (town.agent, town.lead, town.auditor, town.acme.manager.user):
        with scoping.scope(ALL) as here, pytest.raises(errors.Forbidden):
            service_accounts.create("Backdoor", owner=user, by=actors.of_user(user), at=here.at)
    assert not ServiceAccount.objects.exists()
    assert entries("service_account.created") == []
