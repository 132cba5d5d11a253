"""Make an API token for a login, for scripts and first steps. It is printed once, alone on its line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import tokens
from accounts.models import User, email_key
from core import errors
from core.actor import ALL
from customers import scoping


class Command(BaseCommand):
    help = "Print a new API token of a login, alone on its line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the login's address")
        parser.add_argument(
            "--scope", choices=tokens.BUNDLES, default="write", help="what it may do (default: write)"
        )
        parser.add_argument("--days", type=int, default=90, help="how long it lives, 1 to 366 (default: 90)")

    def handle(self, *args: Any, email: str, scope: str, days: int, **options: Any) -> None:
        with scoping.scope(ALL) as here:
            user = User.objects.filter(email=email_key(email)).first()
            if user is None:
                raise CommandError(
                    f"Nobody signs in as {email}: check the address, or make the login in Settings."
                )
            if not user.is_active:
                raise CommandError(f"{email} is switched off: a token of theirs would not work.")
            try:
                _row, text = tokens.issue(user, name="issue_token", scopes=[scope], at=here.at, days=days)
            except errors.Refused as refusal:
                raise CommandError(refusal.detail) from refusal
        self.stdout.write(text)
