"""The table of contents: which processes the house runs, and who listens to whom, in this order."""

from incidents.process import INCIDENT
from journal import recording
from tickets import processes

PROCESSES = (INCIDENT,)


def connect() -> None:
    """Fill the registries. Called once, when Django is ready."""
    recording.wiring.clear()
    processes.register(PROCESSES)
