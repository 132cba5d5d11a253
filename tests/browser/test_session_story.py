"""The session ends while one writes: one signs in over the page, and what was written is sent from there."""

from django.contrib.sessions.models import Session

from core.actor import ALL
from customers import scoping
from tests.browser import looking
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import complaints, story  # noqa: F401 - fixtures
from tests.browser.walking import PRINTERS, Hands, address, hands  # noqa: F401
from tickets.models import Message, PendingSend

pytestmark = desk.pytestmark


def test_a_session_that_ends_while_one_writes_is_renewed_over_the_page(hands: Hands) -> None:  # noqa: F811
    page = hands.page
    hands.at(address(PRINTERS), "#composer[data-started]")
    hands.press("r")
    Session.objects.all().delete()
    hands.write("Half an answer")
    hands.see("[data-sign-in]")
    hands.writes_in("form[data-editor=reply] textarea")
    hands.press("Control+Enter")
    hands.see("dialog#sign-in[open] input[name=login]:focus")
    assert looking.violations(page) == []
    page.fill("#sign-in input[name=login]", "agent@calder.example")
    page.fill("#sign-in input[name=password]", "correct horse battery")
    hands.press("Enter")
    hands.see("#composer .send")
    with scoping.scope(ALL):
        assert [one.body for one in PendingSend.objects.all()] == ["Half an answer"]
        assert not Message.objects.filter(body="Half an answer").exists()
