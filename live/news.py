"""One piece of news as it travels through Redis: which ticket of which customer changed, never what about it."""

import json
from dataclasses import asdict, dataclass

from core.actor import ALL, Customers

CHANNEL = "itsm:live"


@dataclass(frozen=True)
class News:
    """A ticket changed (`number` empty: many did); or, with `user_id`, what a login may see changed."""

    number: str = ""
    customer_id: int = 0
    compartment: int = 0
    user_id: int | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> "News":
        """Raises ValueError or TypeError for what is no news."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Watcher:
    """One open page: what its login may hear of."""

    user_id: int
    customers: Customers
    compartments: frozenset[int]

    def hears(self, news: News) -> bool:
        """Whether this news is about a ticket that the login may see."""
        if news.user_id is not None or news.compartment not in self.compartments:
            return False
        return self.customers is ALL or news.customer_id in self.customers
