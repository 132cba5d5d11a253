"""The incident process as one object: what the house needs to know to queue, show, search and work incidents."""

from django.utils.translation import gettext_lazy as _

from automation import macros
from incidents import actions
from incidents.choices import KIND, Code
from incidents.major import actions as major
from incidents.major import starting
from incidents.models import Incident
from incidents.workflow import FLOW
from tickets import actions as common
from tickets import measures, shared_verbs
from tickets.processes import Process

INCIDENT = Process(
    kind=KIND,
    label=_("Incident"),
    label_plural=_("Incidents"),
    slug="incidents",
    prefix="INC",
    workflow=FLOW,
    open=actions.open,
    actions={
        "accept": actions.accept,
        "assign": common.assign,
        "hold": common.hold,
        "resume": common.resume,
        "reply": common.reply,
        "note": common.note,
        "resolve": actions.resolve,
        "close": actions.close,
        "reopen": actions.reopen,
        "cancel": actions.cancel,
        **shared_verbs.ACTIONS,
        "change": common.change,
        "link": common.link,
        "apply_macro": macros.apply_macro,
        "declare_major": major.declare_major,
        "withdraw_major": major.withdraw_major,
        "post_update": major.post_update,
        "give_roles": major.give_roles,
        "record_decision": major.record_decision,
        "report_major": major.report_major,
        "review_major": major.review_major,
        "escalate": common.escalate,
        "merge": common.merge,
        "unmerge": common.unmerge,
        "split": common.split,
        "move_to_customer": common.move_to_customer,
        "follow_up": common.follow_up,
        "watch": common.watch,
        "involve": common.add_participant,
    },
    detail=Incident,
    detail_fields=("effect", "impact_from", "impact_to", "extra"),
    merged=("code", "resolution"),
    merged_values=actions.values_of_duplicate,
    note_end=actions.note_end,
    unanswered={"code": Code.NO_ANSWER},
    metrics=(measures.RESOLUTION,),
    options={"initial": starting.initial_of},
)
