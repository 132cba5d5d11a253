"""The installation's name and phone for the pages of signing in, which the library's own views render."""

from typing import Any

from django.http import HttpRequest

from customers.models import Installation


def installation(request: HttpRequest) -> dict[str, Any]:
    """`brand_name` and `help.phone` under /account/; nothing elsewhere: doors say it themselves, and a page about a
    failure must not ask the database."""
    if not request.path.startswith("/account/"):
        return {}
    desk = Installation.objects.first() or Installation()
    return {"brand_name": desk.name, "help": {"phone": desk.phone}}
