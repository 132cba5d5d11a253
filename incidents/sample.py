"""Sample data from the desk: a job that loads it into an empty installation, and the button that ends it again.

The job's work lies on the highest floor, with the demo; here is who may ask for it, and when.
"""

import datetime as dt

from django.utils.translation import gettext as _

from accounts import actors, sample, settings
from core import errors
from core.actor import ALL, Actor
from customers import scoping
from customers.models import Customer
from incidents import actions as incidents
from incidents.major import actions as major
from jobs import actions as jobs
from jobs.choices import OPEN as UNDER_WAY
from jobs.models import Job
from tickets.choices import OPEN_PHASES
from tickets.models import Ticket

KIND = "sample.load"
STEPS = 2_000  # about: for the progress bar
PERMISSION = "settings.write"


def is_empty() -> bool:
    """Whether nobody works with this installation yet: no customer but the provider, and no ticket."""
    return not Customer.objects.filter(is_provider=False).exists() and not Ticket.objects.exists()


def find_job(by: Actor) -> Job | None:
    """The newest loading that this caller asked for, or None."""
    return Job.objects.filter(caller=by.key, kind=KIND).order_by("-id").first()


def load(*, by: Actor, at: dt.datetime, share: float = 1.0) -> Job:
    """Ask for the sample data; the door nudges `jobs.tasks.work`. `share` of it, for a quick try. Raises Forbidden,
    Conflict (the installation is in use, or it is being loaded)."""
    settings.require(by, PERMISSION)
    if not is_empty():
        raise errors.Conflict(
            _("Sample data is for an empty installation: this one has customers or tickets.")
        )
    present = find_job(by)
    if present is not None and present.state in UNDER_WAY:
        raise errors.Conflict(_("The sample data is being loaded already."))
    return jobs.start(KIND, by=by, at=at, arguments={"share": share}, total=round(STEPS * share))


def remove(*, by: Actor, at: dt.datetime) -> int:
    """Put every sample customer into the archive and cancel what they have open, so that no clock runs on; says how
    many customers. Nobody is told: an archived customer gets no mail.

    Raises Forbidden, Invalid (there are none). Records customer.changed for each, incident.cancelled for each ticket.
    """
    settings.require(by, PERMISSION)
    ids = list(sample.present().values_list("id", flat=True))
    house = actors.system("Sample data")
    with scoping.scope(ALL, compartments=house.compartments, caller=by.key):
        for one in Ticket.objects.filter(customer_id__in=ids, phase__in=OPEN_PHASES).order_by("id"):
            _end(one, house, at)
    return sample.archive(by=by, at=at)


def _end(ticket: Ticket, by: Actor, at: dt.datetime) -> None:
    said = {"by": by, "at": at, "reason": _("Sample data removed")}
    if ticket.is_major:
        ticket = major.withdraw_major(ticket, **said)
    incidents.cancel(ticket, **said)
