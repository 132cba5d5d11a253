"""The verbs common to all processes. Every one: lock, policy, workflow, write, record, return."""

from tickets.actions.assigning import assign
from tickets.actions.changing import change
from tickets.actions.chasing import chase
from tickets.actions.conversing import note, reply
from tickets.actions.customizing import change_field, create_field
from tickets.actions.drafting import drafts_at, drop_draft, save_draft
from tickets.actions.escalating import escalate
from tickets.actions.files import KEEP_UNCLAIMED, claim_uploads, drop_unclaimed, upload
from tickets.actions.handing import accept_handover, ask_back, hand_back, hand_over, take_back
from tickets.actions.holding import hold, resume, wake
from tickets.actions.linking import link, unlink
from tickets.actions.merging import UNDO_WITHIN, earliest_receipt, merge, refusal, unmerge
from tickets.actions.moving import move
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.outbox import put_off, release, send_later, send_now, undo_send
from tickets.actions.promising import promise
from tickets.actions.rebalancing import Move, Outcome, rebalance
from tickets.actions.restricting import break_glass, lift_restriction, restrict
from tickets.actions.splitting import follow_up, move_to_customer, split
from tickets.actions.tasks import (
    add_task,
    add_task_item,
    cancel_task,
    change_task,
    finish_task,
    reopen_task,
    tick_task_item,
)
from tickets.actions.timing import correct_time, log_time
from tickets.actions.watching import add_participant, remove_participant, unwatch, watch

__all__ = [
    "KEEP_UNCLAIMED",
    "UNDO_WITHIN",
    "Move",
    "Opening",
    "Outcome",
    "accept_handover",
    "add_participant",
    "add_task",
    "add_task_item",
    "ask_back",
    "assign",
    "break_glass",
    "cancel_task",
    "change",
    "change_field",
    "change_task",
    "chase",
    "claim_uploads",
    "correct_time",
    "create_field",
    "drafts_at",
    "drop_draft",
    "drop_unclaimed",
    "earliest_receipt",
    "escalate",
    "finish_task",
    "follow_up",
    "hand_back",
    "hand_over",
    "hold",
    "lift_restriction",
    "link",
    "log_time",
    "merge",
    "move",
    "move_to_customer",
    "note",
    "open_ticket",
    "promise",
    "put_off",
    "rebalance",
    "refusal",
    "release",
    "remove_participant",
    "reopen_task",
    "reply",
    "restrict",
    "resume",
    "save_draft",
    "send_later",
    "send_now",
    "split",
    "take_back",
    "tick_task_item",
    "undo_send",
    "unlink",
    "unmerge",
    "unwatch",
    "upload",
    "wake",
    "watch",
]
