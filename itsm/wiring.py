"""The table of contents: which processes the house runs, and who listens to whom, in this order."""

from accounts import tasks as accounts_tasks
from incidents.process import INCIDENT
from journal import recording
from notifications import reading as mail
from notifications import rules as mail_rules
from tickets import processes

PROCESSES = (INCIDENT,)


def connect() -> None:
    """Fill the registries. Called once, when Django is ready."""
    recording.wiring.clear()
    processes.register(PROCESSES)
    recording.deliver("notifications", mail_rules.EVENTS, mail.read)
    recording.after_commit(accounts_tasks.wake_relay)
