"""Where somebody's work begins: the one rule that sign-in, short links and the two doors share."""

from core.actor import Actor

DESK, PORTAL = "/desk/", "/"


def home_of(actor: Actor) -> str:
    """The desk's people go to the desk, everybody else to the portal."""
    return DESK if actor.is_desk else PORTAL
