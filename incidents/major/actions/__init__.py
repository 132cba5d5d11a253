"""The verbs of a major incident (decision 13). Every one: lock, policy, workflow, write, record, return."""

from incidents.major.actions.declaring import declare_major, withdraw_major
from incidents.major.actions.leading import give_roles, record_decision
from incidents.major.actions.reviewing import report_major, review_major
from incidents.major.actions.updating import post_update

__all__ = [
    "declare_major",
    "give_roles",
    "post_update",
    "record_decision",
    "report_major",
    "review_major",
    "withdraw_major",
]
