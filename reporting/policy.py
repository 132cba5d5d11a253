"""Who may write reports and read what stands inside: the desk, by its permissions on agreements."""

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from reporting import sight


def require(by: Actor, customer_id: int | None, permission: str = sight.WRITE) -> None:
    """Raises Forbidden unless the actor stands inside and may do this for the customer (None: for any)."""
    if not may(by, permission, customer_id):
        raise errors.Forbidden(
            _("Service levels are for those with “%(permission)s”: ask an administrator for the role.")
            % {"permission": permission}
        )


def may(actor: Actor, permission: str, customer_id: int | None = None) -> bool:
    """Whether `require` would let him."""
    return actor.is_inside and actor.may(permission, customer_id)
