"""The journal: what happened, said once, by an action, in its own transaction; and what is owed to readers outside."""
