"""What stands behind the customers' agreements in the demo: one with a team, and a contract that does not quite fit."""

import datetime as dt
from typing import TYPE_CHECKING

from calendars.models import Calendar
from core.actor import Actor
from slas import actions as slas
from slas import agreeing
from slas.choices import AgreementKind, Metric
from slas.drafts import AgreementDraft, TargetDraft
from slas.standards import HOUR
from tickets.choices import HoldKind

if TYPE_CHECKING:
    from itsm.demo.cast import Cast

SUPPLIER = "Lakeside Telecom"
WAITS = (HoldKind.CUSTOMER,)


def agree(cast: "Cast", hours: Calendar, *, by: Actor, at: dt.datetime) -> None:
    """An operational agreement with the network team, and the contract with the carrier, both signed."""
    network = cast.teams["network"]
    lead = cast.members[network.pk][0]
    team = AgreementDraft(
        customer=None, kind=AgreementKind.OLA, team=network, name="Network for the service desk", calendar=hours,
        targets=(
            TargetDraft(metric=Metric.FIRST_RESPONSE, seconds=HOUR // 2),
            *(
                TargetDraft(metric=Metric.RESOLUTION, priority=level, seconds=time * HOUR, pauses_on=WAITS)
                for level, time in ((1, 3), (2, 6), (3, 20), (4, 40))
            ),
        ),
        scope="Second line for networks, remote access and telephony.",
        responsibilities="The network team works, the service desk speaks with the customer.",
    )  # fmt: skip
    contract = AgreementDraft(
        customer=None, kind=AgreementKind.UC, supplier=cast.suppliers[SUPPLIER], name=f"Lines of {SUPPLIER}",
        calendar=hours,
        targets=(
            TargetDraft(metric=Metric.FIRST_RESPONSE, seconds=HOUR),
            TargetDraft(metric=Metric.RESOLUTION, seconds=8 * HOUR),
        ),
        scope="All leased lines and the telephone system.",
        responsibilities="The carrier mends, we report and test.",
    )  # fmt: skip
    for draft, who in ((team, str(lead)), (contract, f"The director of {SUPPLIER}")):
        made = slas.create_agreement(draft, by=by, at=at, reason="Demo")
        agreeing.settle(made, by=by, at=at, signed_by=who, evidence=f"{draft.name}, page 1")
