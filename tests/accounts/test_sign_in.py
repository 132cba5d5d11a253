"""Who comes in, where he lands, and what is written down about those who do not."""

import re
import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client, override_settings

from accounts.models import User
from core.actor import ALL
from customers import scoping
from journal.models import Entry
from tests.accounts.conftest import PASSWORD

LOCAL_MAIL = override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
SECRET = "JBSWY3DPEHPK3PXP"


def entries(name: str) -> list[dict]:
    with scoping.scope(ALL):
        return list(Entry.objects.filter(name=name).order_by("id").values_list("data", flat=True))


def code_of(moment: float) -> str:
    return f"{totp.hotp_value(SECRET, int(moment) // 30):06}"


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_desks_people_land_at_the_desk_and_a_customers_people_in_the_portal(town, sign_in):
    for who, home in ((town.agent, "/desk/"), (town.acme.agent, "/desk/"), (town.auditor, "/desk/"),
                      (town.acme.requester.user, "/"), (town.acme.manager.user, "/")):  # fmt: skip
        answer = sign_in(Client(), who.email)
        assert (answer.status_code, answer["Location"]) == (302, home), who


def test_a_link_leads_on_to_where_it_pointed_but_never_to_another_site(town, sign_in):
    email = town.acme.requester.email
    assert sign_in(Client(), email, next="/requests/INC-1001/")["Location"] == "/requests/INC-1001/"
    assert sign_in(Client(), email, next="https://elsewhere.example/")["Location"] == "/"
    assert sign_in(Client(), email, next="//elsewhere.example/")["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(town, sign_in):
    known, unknown = Client(), Client()
    first = sign_in(known, town.agent.email, "wrong horse battery")
    second = sign_in(unknown, "nobody@calder.example", "wrong horse battery")
    words = [
        re.findall(r'<div class="errors".*?</div>', one.content.decode(), re.DOTALL)
        for one in (first, second)
    ]
    assert words[0] == words[1]
    assert words[0]
    assert not is_in(known)
    assert not is_in(unknown)


def test_a_failed_sign_in_is_written_into_the_providers_journal(town, sign_in):
    sign_in(Client(), town.agent.email.upper(), "wrong horse battery")
    sign_in(Client(), "nobody@calder.example", "wrong horse battery")
    assert entries("user.sign_in_failed") == [{"method": "password", "address": "127.0.0.1"}]


def test_the_sixth_try_in_five_minutes_is_not_even_looked_at(town, sign_in):
    client = Client()
    for _ in range(5):
        sign_in(client, town.agent.email, "wrong horse battery")
    answer = sign_in(client, town.agent.email)
    assert "Too many" in answer.content.decode()
    assert not is_in(client)


def test_a_login_that_is_switched_off_stays_outside_though_it_knows_the_password(town, sign_in):
    User.objects.filter(pk=town.agent.pk).update(is_active=False)
    client = Client()
    assert sign_in(client, town.agent.email)["Location"] == "/account/inactive/"
    assert not is_in(client)
    assert entries("user.sign_in_failed") == [{"method": "inactive", "address": "127.0.0.1"}]
    assert client.get("/account/inactive/").status_code == 200


def test_a_login_switched_off_in_the_middle_is_out_at_its_next_request(town, visitor):
    client = visitor(town.acme.requester)
    assert client.get("/").status_code == 200
    User.objects.filter(pk=town.acme.requester.user_id).update(is_active=False)
    assert client.get("/")["Location"] == "/account/login/?next=/"


@pytest.mark.parametrize("path", ["signup/", "email/", "login/code/", "3rdparty/", "confirm-email/"])
def test_nobody_makes_a_login_or_changes_its_address_for_himself(town, visitor, path):
    assert Client().get(f"/account/{path}").status_code == 404
    assert (
        visitor(town.agent).post(f"/account/{path}", {"email": "mine@elsewhere.example"}).status_code == 404
    )


def test_signing_out_needs_a_button(town, visitor):
    client = visitor(town.agent)
    assert client.get("/account/logout/").status_code == 200
    assert is_in(client)
    client.post("/account/logout/")
    assert not is_in(client)


@LOCAL_MAIL
def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(town, sign_in):
    asking = Client()
    answer = asking.post("/account/password/reset/", {"email": town.agent.email})
    assert answer["Location"] == "/account/password/reset/done/"
    (letter,) = mail.outbox
    assert letter.to == [town.agent.email]
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", letter.body)[1]
    form = asking.get(link, follow=True)
    new = {"password1": "quite another battery", "password2": "quite another battery"}
    assert asking.post(form.redirect_chain[-1][0], new)["Location"] == "/account/password/reset/key/done/"
    assert "does not work any more" in Client().get(link, follow=True).content.decode()
    assert sign_in(Client(), town.agent.email).status_code == 200
    assert sign_in(Client(), town.agent.email, "quite another battery").status_code == 302


@LOCAL_MAIL
def test_asking_for_a_link_says_nothing_about_who_is_known_and_writes_to_nobody_unknown(town):
    known = Client().post("/account/password/reset/", {"email": town.agent.email})
    unknown = Client().post("/account/password/reset/", {"email": "nobody@calder.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [one.to for one in mail.outbox] == [[town.agent.email]]


@LOCAL_MAIL
def test_a_changed_password_ends_the_other_devices(town, visitor):
    here, there = visitor(town.agent), visitor(town.agent)
    words = {
        "oldpassword": PASSWORD,
        "password1": "quite another battery",
        "password2": "quite another battery",
    }
    here.post("/account/password/change/", words)
    assert here.get("/account/profile/").status_code == 200
    assert there.get("/account/profile/").status_code == 302


def app_of(user: User) -> Authenticator:
    secret = get_adapter().encrypt(SECRET)
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})


def test_with_an_app_the_password_alone_does_not_let_in(town, sign_in):
    app_of(town.agent)
    client = Client()
    assert sign_in(client, town.agent.email)["Location"] == "/account/factors/code/"
    assert not is_in(client)
    wrong = client.post("/account/factors/code/", {"code": "000000"})
    assert (wrong.status_code, is_in(client)) == (200, False)
    assert entries("user.sign_in_failed") == [{"method": "code", "address": "127.0.0.1"}]
    right = client.post("/account/factors/code/", {"code": code_of(time.time())})
    assert (right["Location"], is_in(client)) == ("/desk/", True)


def test_a_recovery_code_lets_in_once(town, sign_in):
    app_of(town.agent)
    codes = RecoveryCodes.activate(town.agent)
    spare = codes.get_unused_codes()[0]
    for let_in in (True, False):
        client = Client()
        sign_in(client, town.agent.email)
        client.post("/account/factors/code/", {"code": spare})
        assert is_in(client) is let_in


def test_the_secret_of_an_app_does_not_lie_readable_in_the_database(town):
    row = app_of(town.agent)
    assert SECRET not in str(Authenticator.objects.get(pk=row.pk).data)
    assert get_adapter().decrypt(row.data["secret"]) == SECRET


def test_a_second_factor_is_set_up_only_after_showing_again_who_one_is(town, visitor):
    client = visitor(town.agent)
    asked = client.get("/account/factors/app/")
    assert asked["Location"].startswith("/account/reauthenticate/?next=")
    confirmed = client.post(asked["Location"], {"password": PASSWORD, "next": "/account/factors/app/"})
    assert confirmed["Location"] == "/account/factors/app/"
    page = client.get("/account/factors/app/").content.decode()
    assert "<svg" in page
    assert "data:image" not in page


def test_a_passkey_is_asked_for_with_the_installations_name(town, visitor):
    client = visitor(town.agent)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/factors/keys/add/")
    assert page.context["js_data"]["creation_options"]["publicKey"]["rp"] == {
        "id": "testserver",
        "name": "Clause8",
    }
    options = Client().get("/account/factors/keys/sign-in/", headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["challenge"]


def test_a_forged_passkey_lets_nobody_in(town):
    client = Client()
    client.get("/account/factors/keys/sign-in/", headers={"Accept": "application/json"})
    client.post("/account/factors/keys/sign-in/", {"credential": '{"id": "x", "rawId": "x", "response": {}}'})
    assert not is_in(client)
