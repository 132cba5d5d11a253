"""What a process declares is measured as it says, and an agreement may name nothing else."""

import dataclasses

import pytest

from core import errors
from incidents.process import INCIDENT
from journal import recording
from slas import explaining, queries
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement
from tests import agreed
from tests.api.callers import Caller
from tests.places import SYSTEM, World, report
from tests.slas.conftest import HOUR, Hands, at, gold_targets, make_levels
from tests.slas.test_rehearsal import asked, judged
from tickets import events, processes
from tickets.measures import RESOLUTION, Measured

pytestmark = pytest.mark.django_db
LATE = 400 * 24 * HOUR
YEAR = "A step comes a year before or after due at most."
PERCENT = "The percentage of a step lies between 1 and 1000."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inspected(events.TicketEvent):
    past = "inspected"


INSPECTION = Measured(
    name="inspection", label="Inspection", starts=events.Accepted, stops=(Inspected,), can_pause=False
)
REPORT = Measured(name="report", label="Report", starts=events.Resolved, stops=(events.Closed,))


@pytest.fixture
def hands(world: World):
    """Incidents that are also inspected after they are accepted, and reported on after they are resolved."""
    processes.register([dataclasses.replace(INCIDENT, metrics=(RESOLUTION, INSPECTION, REPORT))])
    levels = make_levels(world)
    more = [TargetDraft(metric="inspection", seconds=HOUR), TargetDraft(metric="report", seconds=HOUR)]
    agreed.agree_anew(levels.gold, targets=[*gold_targets(), *more])
    yield Hands(world, report(world.acme))
    processes.register([INCIDENT])


def inspect(hands: Hands, when) -> None:
    recording.record(Inspected(subject=hands.fresh(), by=hands.agent, at=when))


def clocks(hands: Hands, metric: str) -> list:
    found = [one for one in queries.timers_of(hands.ticket) if one.metric == metric]
    assert list(queries.differing(found)) == []
    return found


def test_it_runs_from_its_own_event_to_its_own_event_and_a_solution_does_not_end_it(hands: Hands):
    assert clocks(hands, "inspection") == []
    verbs = processes.of("incident").actions
    verbs["accept"](hands.ticket, by=hands.agent, at=at(13))
    (clock,) = clocks(hands, "inspection")
    assert (clock.state, clock.started_at, clock.due_at) == ("running", at(13), at(14))
    hands.hold(at(13, 10))
    assert clocks(hands, "inspection")[0].state == "running"  # it never pauses
    hands.resume(at(13, 20))
    hands.resolve(at(13, 30))
    assert [clocks(hands, name)[0].state for name in ("inspection", "report")] == ["running", "running"]
    inspect(hands, at(13, 40))
    (clock,) = clocks(hands, "inspection")
    assert (clock.stopped_at, clock.verdict) == (at(13, 40), "met")
    said = explaining.customer_sentences(clock, at=at(15))
    assert said == ["Inspection: done in time, at Wednesday 18 November 2026 13:40 UTC."]


def test_what_ended_by_its_own_event_stays_ended_when_the_ticket_is_reopened(hands: Hands):
    processes.of("incident").actions["accept"](hands.ticket, by=hands.agent, at=at(13))
    inspect(hands, at(13, 10))
    hands.resolve(at(13, 30))
    hands.reopen(at(13, 40))
    states = {one.metric: one.state for one in queries.timers_of(hands.ticket)}
    assert (states["inspection"], states["resolution"]) == ("stopped", "running")


def test_a_rehearsal_derives_it_too(hands: Hands, world: World):
    processes.of("incident").actions["accept"](hands.ticket, by=hands.agent, at=at(13))
    hands.resolve(at(14, 30))
    inspect(hands, at(14, 40))
    hands.reopen(at(14, 50))
    before, after = judged(hands.ticket, asked(percent=200), at(16), world)
    recorded = {
        (one.metric, one.cycle): (one.state != "running", one.due_at)
        for one in queries.timers_of(hands.ticket)
    }
    assert {(one.metric, one.cycle): (one.is_over, one.due_at) for one in before} == recorded
    verdicts = {one.metric: one.verdict for one in before}, {one.metric: one.verdict for one in after}
    assert [one["inspection"] for one in verdicts] == ["breached", "met"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"metric": "beauty"}, "Nothing measures “beauty”: use one of first_response, "),
        ({"metric": ""}, "Nothing measures “”: use one of "),
        ({"metric": "resolution", "ticket_kind": "riddle"}, "There is no type of ticket “riddle”: use incident"),
        ({"metric": "inspection", "pauses_on": ("customer",)}, "“Inspection” never pauses."),
        ({"steps": (StepDraft(percent=10_001, notify=("lead",)),)}, PERCENT),
        ({"steps": (StepDraft(offset_seconds=LATE, notify=("lead",)),)}, YEAR),
        ({"steps": (StepDraft(offset_seconds=-(10**15), notify=("lead",)),)}, YEAR),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_or_never_comes_is_refused_in_one_sentence(hands: Hands, given, sentence):
    gold = Agreement.objects.get(name="Gold")
    target = TargetDraft(**{"metric": "resolution", "seconds": HOUR, **given})
    hours = gold.versions.earliest("id").calendar
    with pytest.raises(errors.Invalid) as refusal:
        agreed.agree(
            AgreementDraft(customer=gold.customer, name="Silver", calendar=hours, targets=[target]), by=SYSTEM
        )
    assert [f"Target 1: {sentence}" in text for text in refusal.value.errors["targets"]] == [True]
    assert not Agreement.objects.filter(name="Silver").exists()


def test_the_api_refuses_the_same_at_its_field(hands: Hands, world: World):
    gold = Agreement.objects.get(name="Gold")
    targets = [{"metric": "beauty", "seconds": 60}]
    answer = Caller(world.administrator).patch(f"agreements/{gold.pk}/", {"targets": targets})
    assert (answer.status_code, answer.json()["errors"].keys()) == (422, {"targets"})
