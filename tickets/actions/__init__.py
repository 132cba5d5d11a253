"""The verbs common to all processes. Every one: lock, policy, workflow, write, record, return."""

from tickets.actions.assigning import assign
from tickets.actions.changing import change
from tickets.actions.conversing import note, reply
from tickets.actions.files import KEEP_UNCLAIMED, claim_uploads, drop_unclaimed, upload
from tickets.actions.holding import hold, resume, wake
from tickets.actions.linking import link, unlink
from tickets.actions.moving import move
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.promising import promise

__all__ = [
    "KEEP_UNCLAIMED",
    "Opening",
    "assign",
    "change",
    "claim_uploads",
    "drop_unclaimed",
    "hold",
    "link",
    "move",
    "note",
    "open_ticket",
    "promise",
    "reply",
    "resume",
    "unlink",
    "upload",
    "wake",
]
