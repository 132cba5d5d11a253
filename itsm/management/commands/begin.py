"""The first start of an installation without sample data: its provider and its first administrator."""

import argparse
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import actors, setting_up
from core import errors
from core.actor import ALL
from customers import scoping
from customers.models import Customer
from itsm.demo import people
from slas import standards

FILE = "first_administrator.json"


class Command(BaseCommand):
    help = "Make the provider and the first administrator of an empty installation, and print the sign-in."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--email", default="admin@example.com", help="the first administrator's address")

    def handle(self, *_args: Any, **options: Any) -> None:
        with scoping.scope(ALL) as here:
            if Customer.objects.exists():
                self.stdout.write("There are customers already: nothing was made.")
                return
            by, password = actors.system("First start"), secrets.token_urlsafe(12)
            try:
                user = setting_up.begin(by=by, at=here.at, email=options["email"], password=password)
            except errors.Refused as refusal:
                raise CommandError(refusal.detail) from refusal
            standards.best_effort(by=by, at=here.at)
        path = Path(settings.LOCAL_DIR) / FILE
        made = {"email": user.email, "password": password, "role": "administrator", "customer": None}
        people.write_private(path, [made])
        self.stdout.write(
            f"Sign in as {user.email} with “{password}”, then follow the steps under /desk/setup/."
        )
