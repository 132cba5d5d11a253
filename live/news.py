"""One piece of news as it travels through Redis: which ticket of which customer changed, never what about it."""

import json
from dataclasses import dataclass, field

from core.actor import ALL, Customers

LOG = "itsm:live:log"  # a Redis stream: the newest news, each with its place, for who was away for a moment
KEPT = 2_000


@dataclass(frozen=True)
class News:
    """A ticket changed (`number` empty: many did); or, with `user_id`, what a login may see changed."""

    number: str = ""
    customer_id: int = 0
    compartment: int = 0
    user_id: int | None = None
    place: str = field(default="", compare=False)  # in the log; the same news twice is told once

    def to_json(self) -> str:
        told = (self.number, self.customer_id, self.compartment, self.user_id)
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes, place: str = "") -> "News":
        """Raises ValueError or TypeError for what is no news."""
        number, customer_id, compartment, user_id = json.loads(text)
        return cls(number, customer_id, compartment, user_id, place)


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
