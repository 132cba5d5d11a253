"""Who is acting: a plain value that doors build and every rule reads."""

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class All(enum.Enum):
    """The sentinel for "every customer": an enum, so that it compares by identity and types well."""

    ALL = "ALL"

    def __repr__(self) -> str:
        return "ALL"


ALL = All.ALL
Customers = frozenset[int] | All
NORMAL = 0  # the compartment of everything that is not restricted


class Side(enum.StrEnum):
    """Which side of the desk an actor stands on: it decides what he reads and how his messages count."""

    DESK = "desk"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    SYSTEM = "system"


class ActorKind(enum.StrEnum):
    USER = "user"
    SERVICE_ACCOUNT = "service_account"
    SYSTEM = "system"
    RULE = "rule"  # a routing rule acts: `id` and `label` name it
    SCHEDULE = "schedule"  # a recurring ticket opens itself


@dataclass(frozen=True)
class Actor:
    """One acting human, program or part of the system, with the customers it may see.

    `grants` maps a customer's id (None = every customer) to permissions. `persons` are the ids of the Person
    rows of this human, `parties` those of the suppliers he works for. `scopes` are a token's scopes; None for a
    browser session.
    """

    kind: ActorKind
    id: int | None
    label: str
    side: Side
    customers: Customers = frozenset()
    grants: Mapping[int | None, frozenset[str]] = field(default_factory=dict)
    persons: frozenset[int] = frozenset()
    parties: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    compartments: frozenset[int] = frozenset({NORMAL})
    scopes: frozenset[str] | None = None

    @property
    def is_human(self) -> bool:
        """Whether a person acts: a service account's message never counts as a human response."""
        return self.kind == ActorKind.USER

    @property
    def is_desk(self) -> bool:
        return self.side == Side.DESK

    @property
    def is_inside(self) -> bool:
        """Whether the provider itself acts: neither a customer's people nor a supplier's."""
        return self.side in (Side.DESK, Side.SYSTEM)

    @property
    def user_id(self) -> int | None:
        """The id of the User row behind this actor, if there is one."""
        return self.id if self.kind == ActorKind.USER else None

    @property
    def key(self) -> str:
        """The actor as one text, `user:7`: whose idempotency keys and uploads these are."""
        return f"{self.kind}:{self.id or 0}"

    def sees(self, customer_id: int) -> bool:
        """Whether this customer is in the actor's set."""
        return self.customers is ALL or customer_id in self.customers

    def inside(self, compartment: int) -> "Actor":
        """The same actor with this compartment open to him, once an action has put him on its list."""
        return dataclasses.replace(self, compartments=self.compartments | {compartment})

    def may(self, permission: str, customer_id: int | None = None) -> bool:
        """Whether a grant gives the permission for this customer (None: for any customer at all)."""
        if self.side == Side.SYSTEM:
            return True
        if customer_id is None:
            return any(permission in held for held in self.grants.values())
        return permission in self.grants.get(None, ()) or permission in self.grants.get(customer_id, ())

    def may_everywhere(self, permission: str) -> bool:
        """Whether a grant gives the permission at every customer: what belongs to the installation needs it."""
        return self.side == Side.SYSTEM or permission in self.grants.get(None, ())


def system(label: str, *, compartments: frozenset[int] = frozenset({NORMAL})) -> Actor:
    """The system itself: sweeps, relays, imports. Sees every customer; is never a human response."""
    return Actor(ActorKind.SYSTEM, None, label, Side.SYSTEM, customers=ALL, compartments=compartments)
