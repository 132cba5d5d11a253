"""The share of time that tickets were let wait, as the report counts it."""

import datetime as dt

from slas import pauses
from tests.slas.conftest import Hands, at

HOUR = dt.timedelta(hours=1)


def test_a_ticket_counts_its_elapsed_and_its_paused_time_inside_the_period(hands: Hands):
    hands.hold(at(13))
    hands.resume(at(15))
    (share,) = pauses.shares(hands.agent, at(12), at(16))
    assert (share.paused, share.total, share.percent) == (2 * HOUR, 4 * HOUR, 50)
    (later,) = pauses.shares(hands.agent, at(14), at(18))
    assert (later.paused, later.total) == (HOUR, 4 * HOUR)


def test_after_the_solution_no_time_counts_and_other_customers_see_nothing(hands: Hands):
    hands.hold(at(13))
    hands.resolve(at(14))
    (share,) = pauses.shares(hands.agent, at(12), at(18))
    assert (share.paused, share.total) == (HOUR, 2 * HOUR)
    stranger = hands.world.actor(hands.world.beta.agent)
    assert pauses.shares(stranger, at(12), at(18)) == []
