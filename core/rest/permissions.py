"""Whether a request may come in at all: a known caller, and a token whose scopes reach this resource."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core import errors
from core.actor import Actor, Side

ADMIN_ONLY = frozenset({"customers", "teams"})  # who exists and who sees what: beyond the bundle `write`


def grants(scopes: frozenset[str], resource: str, kind: str) -> bool:
    """Whether these scopes reach `resource` for `kind` (`read` or `write`).

    A scope of a resource includes reading it. Bundles: `read` reads everything, `write` also writes everything but
    customers and teams, `admin` everything.
    """
    if "admin" in scopes or f"{resource}:write" in scopes:
        return True
    if kind == "read":
        return bool(scopes & {"read", "write", f"{resource}:read"})
    return "write" in scopes and resource not in ADMIN_ONLY


class HasScope(BasePermission):
    """A signed-in caller; where he came with a token, one whose scopes reach `view.resource`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            return False
        if actor.side == Side.SUPPLIER:
            raise errors.Forbidden(_("The API is not open to suppliers: use the pages under /supplier/."))
        kind = getattr(view, "needs", "") or ("read" if request.method in SAFE_METHODS else "write")
        resource = getattr(view, "resource", "")
        if actor.scopes is not None and not grants(actor.scopes, resource, kind):
            scope = f"{resource}:{kind}"
            raise errors.Forbidden(
                _("This token lacks the scope “%(scope)s”: make one that has it.") % {"scope": scope},
                scope=scope,
            )
        return True
