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
from tickets.actions.restricting import break_glass, lift_restriction, restrict

__all__ = [
    "KEEP_UNCLAIMED",
    "Opening",
    "assign",
    "break_glass",
    "change",
    "claim_uploads",
    "drop_unclaimed",
    "hold",
    "lift_restriction",
    "link",
    "move",
    "note",
    "open_ticket",
    "promise",
    "reply",
    "restrict",
    "resume",
    "unlink",
    "upload",
    "wake",
]
