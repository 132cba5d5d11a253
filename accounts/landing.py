"""Where somebody's work begins: the one rule that sign-in, short links and the doors share."""

from core.actor import Actor, Side

DESK, PORTAL, SUPPLIER = "/desk/", "/", "/supplier/"


def home_of(actor: Actor) -> str:
    """The desk's people go to the desk, a supplier's to his work list, everybody else to the portal."""
    return {Side.DESK: DESK, Side.SUPPLIER: SUPPLIER}.get(actor.side, PORTAL)
