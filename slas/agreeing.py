"""What both sides say to a version of an agreement: offered, approved or declined by each, agreed, ended (8.3)."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts.events import owner_of
from accounts.models import Membership
from approvals import actions as approvals
from approvals import queries as asked
from approvals.choices import Side, Verdict
from approvals.models import Approval
from core import errors
from core.actor import Actor
from journal import recording
from slas import documents, drafts, events, force
from slas.choices import AgreementKind, VersionState
from slas.models import Agreement, AgreementVersion

OTHER = {
    AgreementKind.SLA: Side.CUSTOMER, AgreementKind.OLA: Side.TEAM,
    AgreementKind.UC: Side.SUPPLIER, AgreementKind.INTERNAL: Side.SUPPLIER,
}  # fmt: skip


def offer(
    agreement: Agreement, *, by: Actor, at: dt.datetime, version: int | None = None
) -> AgreementVersion:
    """Ask both sides to approve the latest version (8.3.3).

    Raises Forbidden, Stale, Conflict (it is no draft), Invalid (targets, limits, exceptions, requirements are not
    complete). Records agreement.offered.
    """
    row = _locked(agreement, version)
    force.require_writer(by, row.customer_id)
    document = _latest(row, (VersionState.DRAFT,), _("Only a draft can be offered: change it first."))
    drafts.check_offer(documents.draft_of(row))
    force.check_unambiguous(document)
    document.state = VersionState.OFFERED
    document.save()
    approvals.ask(row, document.number, (Side.PROVIDER, OTHER[AgreementKind(row.kind)]), by=by, at=at)
    _record(events.AgreementOffered, row, document, by=by, at=at)
    return document


def decide(
    agreement: Agreement,
    *,
    side: str,
    by: Actor,
    at: dt.datetime,
    is_approved: bool,
    version: int | None = None,
    comment: str = "",
    signed_by: str = "",
    evidence: str = "",
) -> AgreementVersion:
    """Approve or decline the offered version for one side; `signed_by` and `evidence` where the other side did it on
    paper. With the last approval the version is agreed (`force.put_in_force`).

    Raises Forbidden, Stale, Conflict, Invalid. Records agreement.approved, .declined, .agreed.
    """
    row = _locked(agreement, version)
    document = _latest(row, (VersionState.OFFERED,), _("Nobody is asked about this agreement now."))
    signed_by = signed_by.strip()  # a blank name is no signature
    rows = list(asked.of(row, document.number))
    own = next((one for one in rows if one.side == side), None)
    if own is None:
        raise errors.required("side", _("This side is not asked about this agreement."))
    _require_side(row, side, by, is_signed=bool(signed_by))
    answer = approvals.decide(
        own, by=by, at=at, is_approved=is_approved, comment=comment, signed_by=signed_by, evidence=evidence
    )
    kind = events.AgreementApproved if is_approved else events.AgreementDeclined
    _record(
        kind, row, document, by=by, at=at, side=side, person=answer.decided_label, comment=answer.comment,
        evidence=answer.evidence,
    )  # fmt: skip
    _conclude(row, document, by=by, at=at, is_declined=not is_approved)
    return document


def withdraw(
    agreement: Agreement, *, by: Actor, at: dt.datetime, version: int | None = None, reason: str = ""
) -> Agreement:
    """Give up the draft or the offer: what is in force stays. Raises Forbidden, Stale, Conflict. Records
    agreement.withdrawn."""
    row = _locked(agreement, version)
    force.require_writer(by, row.customer_id)
    document = _latest(row, force.OPEN, _("There is no draft or offer to withdraw."))
    force.drop_unagreed(row)
    _record(events.AgreementWithdrawn, row, document, by=by, at=at, reason=reason)
    return row


def end(
    agreement: Agreement,
    *,
    by: Actor,
    at: dt.datetime,
    last: dt.date,
    reason: str,
    version: int | None = None,
) -> Agreement:
    """Let an agreement end after the local day `last`. Clocks that run keep their target.

    Raises Forbidden, Stale, Invalid (a day that has passed, no reason), Conflict (the best effort, or nothing to end).
    Records agreement.ended.
    """
    row = _locked(agreement, version)
    force.require_writer(by, row.customer_id)
    if row.is_default:
        raise errors.Conflict(_("The best effort of the installation never ends: change it instead."))
    if not reason.strip():
        raise errors.required("reason", _("Say why the agreement ends."))
    if last < documents.today_of(row, at):
        raise errors.required("last", _("This day has passed: an agreement ends today or later."))
    document = (
        AgreementVersion.objects.filter(agreement=row, state=VersionState.AGREED).order_by("-number").first()
    )
    if document is None:
        raise errors.Conflict(_("Nothing is agreed yet: withdraw the draft instead."))
    force.end(row, last)
    _record(events.AgreementEnded, row, document, by=by, at=at, last=last, reason=reason.strip())
    return row


def settle(
    agreement: Agreement, *, by: Actor, at: dt.datetime, signed_by: str, evidence: str
) -> AgreementVersion:
    """Enter an agreement that both sides have signed elsewhere: offered, approved here, and by the other side on
    paper. Raises what these do."""
    row = _locked(agreement, None)
    offer(row, by=by, at=at)
    decide(row, side=Side.PROVIDER, by=by, at=at, is_approved=True)
    other = OTHER[AgreementKind(row.kind)]
    return decide(row, side=other, by=by, at=at, is_approved=True, signed_by=signed_by, evidence=evidence)


def may_decide(agreement: Agreement, side: str, by: Actor) -> bool:
    """Whether this person may answer for this side here and now, with no paper."""
    try:
        _require_side(agreement, side, by, is_signed=False)
    except errors.Forbidden:
        return False
    return True


def approvals_of(agreement: Agreement, number: int) -> list[Approval]:
    """What both sides were asked about a version, and said."""
    return list(asked.of(agreement, number).select_related("decided_by"))


def _conclude(
    row: Agreement, document: AgreementVersion, *, by: Actor, at: dt.datetime, is_declined: bool
) -> None:
    if is_declined:
        document.state = VersionState.DECLINED
        document.save()
        approvals.withdraw(row, document.number)
    elif all(one.verdict == Verdict.APPROVED for one in asked.of(row, document.number)):
        document.agreement = row
        force.put_in_force(document, at=at)
        _record(
            events.AgreementAgreed, row, document, by=by, at=at, valid_from=document.valid_from,
            valid_to=document.valid_to,
        )  # fmt: skip


def _require_side(agreement: Agreement, side: str, by: Actor, *, is_signed: bool) -> None:
    """Raises Forbidden unless `by` speaks for this side; a signature on paper is written down by who may write."""
    if side == Side.PROVIDER or is_signed:
        force.require_writer(by, agreement.customer_id)
        if is_signed or by.is_inside:
            return
    elif (
        (side == Side.CUSTOMER and not by.is_inside and by.may("agreement.approve", agreement.customer_id))
        or (side == Side.TEAM and _leads(by, agreement))
        or (side == Side.SUPPLIER and agreement.supplier_id in by.parties)
    ):
        return
    raise errors.Forbidden(
        _(
            "Only a person of this side approves for it. Where it was signed on paper, say by whom and where that is."
        )
    )


def _leads(by: Actor, agreement: Agreement) -> bool:
    if by.user_id is None or agreement.team_id is None:
        return False
    return Membership.objects.filter(user_id=by.user_id, team_id=agreement.team_id, is_lead=True).exists()


def _locked(agreement: Agreement, version: int | None) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("customer", "team", "supplier")
    row = rows.get(pk=agreement.pk)
    if version is not None and row.version != version:
        raise errors.Stale(_("“%(name)s” has changed since you read it.") % {"name": row}, record=row)
    return row


def _latest(agreement: Agreement, states: tuple[str, ...], sentence: str) -> AgreementVersion:
    """The latest version, in one of these states. Raises Conflict."""
    document = AgreementVersion.objects.select_for_update(of=("self",)).get(
        agreement=agreement, number=agreement.version
    )
    if document.state not in states:
        raise errors.Conflict(sentence)
    document.agreement = agreement
    return document


def _record(
    kind: type[events.AgreementEvent], row: Agreement, document: AgreementVersion, *, by: Actor, at: dt.datetime,
    **more: Any,
) -> None:  # fmt: skip
    recording.record(
        kind(subject=row, by=by, at=at, owner_id=owner_of(row), document=document.number, **more)
    )
