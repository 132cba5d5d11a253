"""How the sign-in library behaves here: nobody signs up, who failed is written down, secrets lie encrypted."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from accounts import actors, landing, sign_in
from customers.models import Installation


class Adapter(DefaultAccountAdapter):
    """Sign-in with email and password; the rest is the library's own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """The desk enters people; nobody makes a login for himself."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk for the desk's people, the portal for everybody else."""
        return landing.home_of(actors.of_user(request.user))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        sign_in.note_failure(request, credentials.get("email", ""), "password")

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        sign_in.note_failure(request, user.email, "inactive")
        return super().respond_user_inactive(request, user)

    def format_email_subject(self, subject: str) -> str:
        """The installation's name before what it is about."""
        desk = Installation.objects.first() or Installation()
        return f"{desk.name}: {subject}"


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are useless to whoever has only the database."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The browser shows the installation's name when it asks for a passkey."""
        desk = Installation.objects.first() or Installation()
        return {**super().get_public_key_credential_rp_entity(), "name": desk.name}


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(_key(one)) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"second factors")
    return base64.urlsafe_b64encode(made.derive(secret.encode()))
