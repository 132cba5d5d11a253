"""Logins, the people of customers, teams, roles, tokens; and the doors' way from a request to an actor and a scope."""
