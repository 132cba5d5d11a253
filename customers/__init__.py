"""Customers, the unit of isolation, and `scope()`: the only way in to their rows."""

from customers.scoping import ALL, NoScope, Scope, current, scope

__all__ = ["ALL", "NoScope", "Scope", "current", "scope"]
