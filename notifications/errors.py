"""Failures of sending, by what they say about whether the mail has left."""


class NotSentError(Exception):
    """The mail certainly did not leave: it may be tried again without a risk of a second copy."""


class ServerGoneError(NotSentError):
    """Nobody listens: no other mail of this round can leave either."""


class RefusedError(Exception):
    """The other side will not have it, now or later: trying again is for a human to decide."""


class UncertainError(Exception):
    """The connection broke while the mail was under way: it may have left."""
