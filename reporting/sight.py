"""At which customers an actor reads reports, and by which permission."""

from core.actor import ALL, Actor, Customers, Side

READ, WRITE, READ_OWN = "agreement.read", "agreement.write", "report.read"


def customers_of(actor: Actor, permission: str) -> Customers:
    """The customers at which a grant gives the permission; ALL where it is given at every one."""
    if actor.side == Side.SYSTEM or permission in actor.grants.get(None, ()):
        return ALL
    return frozenset(one for one, held in actor.grants.items() if one is not None and permission in held)
