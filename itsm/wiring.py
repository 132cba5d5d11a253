"""The table of contents: which processes the house runs, and who listens to whom, in this order."""

from accounts import tasks as accounts_tasks
from automation import subscribers as automation
from desk import finding
from incidents import subscribers as incidents
from incidents.process import INCIDENT
from itsm.demo import loading
from jobs import runners
from journal import recording
from live import publishing as live
from notifications import agreements as agreement_mail
from notifications import reading as mail
from notifications import rules as mail_rules
from portal import providers as portal
from portal import searching as portal_search
from portal import status as portal_status
from slas import chain, fitting, keeping
from slas import events as agreement_events
from slas import filters as clock_filters
from slas import subscribers as clocks
from slas.rehearsal import running as rehearsals
from tickets import events as ticket_events
from tickets import filters as ticket_filters
from tickets import processes, surveys, timekeeping
from tickets.bulk import running as bulk

PROCESSES = (INCIDENT,)


def connect() -> None:
    """Fill the registries. Called once, when Django is ready."""
    recording.wiring.clear()
    processes.register(PROCESSES)
    ticket_filters.FILTERS.update(clock_filters.FILTERS)
    runners.register({**bulk.RUNNERS, **loading.RUNNERS, **rehearsals.RUNNERS})
    recording.subscribe(ticket_events.Opened, automation.opened)
    timekeeping.register(timekeeping.Keeper(hours=keeping.hours, used_share=keeping.used_share))
    recording.subscribe(ticket_events.Opened, clocks.opened)
    recording.subscribe(ticket_events.Replied, clocks.replied)
    recording.subscribe(ticket_events.Accepted, clocks.accepted)
    _connect_chain()
    recording.subscribe(ticket_events.Held, clocks.held)
    recording.subscribe(ticket_events.Resumed, clocks.resumed)
    recording.subscribe(ticket_events.Changed, clocks.changed)
    recording.subscribe(ticket_events.UpdatePromised, clocks.promised)
    recording.subscribe(ticket_events.PromiseEnded, clocks.unpromised)
    recording.subscribe(ticket_events.Resolved, clocks.resolved)
    recording.subscribe(ticket_events.Resolved, incidents.resolved)
    recording.subscribe(ticket_events.Reopened, clocks.reopened)
    recording.subscribe(ticket_events.Reopened, incidents.reopened)
    recording.subscribe(ticket_events.Closed, clocks.closed)
    recording.subscribe(ticket_events.Cancelled, clocks.cancelled)
    recording.subscribe(ticket_events.Closed, surveys.closed)
    recording.subscribe(ticket_events.TicketEvent, clocks.measured)
    recording.subscribe(ticket_events.Merged, clocks.merged)
    recording.subscribe(ticket_events.Unmerged, clocks.unmerged)
    recording.subscribe(ticket_events.Absorbed, clocks.backdated)
    recording.subscribe(ticket_events.Released, clocks.backdated)
    recording.deliver("notifications", mail_rules.EVENTS, mail.read)
    recording.deliver("agreements", agreement_mail.EVENTS, agreement_mail.read)
    finding.KINDS[:] = finding.KNOWN
    portal.PROVIDERS.clear()
    portal.PROVIDERS.searches += [portal_search.own_requests, portal_search.shared_requests]
    portal.PROVIDERS.banners.append(portal_status.banner)
    recording.after_commit(accounts_tasks.wake_relay)
    recording.after_commit(live.publish)


def _connect_chain() -> None:
    """The inner clocks: who has a ticket in hand, and whether what was agreed with them fits."""
    recording.subscribe(ticket_events.Accepted, chain.accepted)
    recording.subscribe(ticket_events.Assigned, chain.assigned)
    recording.subscribe(ticket_events.EscalatedTo, chain.escalated)
    recording.subscribe(ticket_events.HandedOver, chain.handed_over)
    recording.subscribe(ticket_events.HandoverAccepted, chain.handover_accepted)
    recording.subscribe(ticket_events.HandoverEnded, chain.handover_ended)
    recording.subscribe(agreement_events.AgreementAgreed, fitting.checked)
    recording.subscribe(agreement_events.AgreementEnded, fitting.checked)
