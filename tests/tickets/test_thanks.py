"""Words of thanks, and what only sounds like them: a table of sentences in English and German."""

import pytest

from tickets.thanks import is_thanks

THANKS = """
Thanks!
Thank you very much
Thank you, it works now.
thx
Cheers, all good
Perfect, thanks a lot!
Many thanks for the quick help, it is working again.
Great service, thank you so much, have a nice weekend
Thanks again for your help
Thank you, no further questions.
Thanks, the problem is solved
Thank you for fixing this so quickly, much appreciated
Works. Thanks Sofia
Thank you. No rush, no worries
I can't thank you enough
Thanks, that fixed my issue
Danke!
Vielen Dank, es funktioniert wieder.
Danke schön, läuft wieder
Herzlichen Dank für die schnelle Hilfe
Super, danke, passt
Besten Dank, das Problem ist behoben.
Prima, vielen Dank nochmals
Danke Ihnen und ein schönes Wochenende
Dankeschön, geht jetzt
Danke, keine weiteren Fragen mehr
Merci, top
""".strip().splitlines()
NO_THANKS = """
It works now.
OK
Thanks, but it still drops every few minutes
Thanks. Is it possible to do this for my colleague too?
Thank you, however the printer is offline
Thanks, unfortunately the error is back
Thank you, it does not work
thx, doesnt work
Thanks, could you also look at my mail
Thank you for nothing, this is still broken
Thanks, see INC-4711
Thank you, please call me
Thanks in advance
Thanks, it worked until lunch, then it failed
No thanks
Thanks, now there is another problem
Thanks for your patience, when will it be done
Thanks, I am waiting for the replacement
Danke, aber es geht nicht
Vielen Dank, leider ist der Fehler wieder da
Danke, könnten Sie auch den Drucker ansehen
Danke, wann kommt der Techniker?
Vielen Dank, bitte rufen Sie mich an
Danke, jetzt ist es noch langsamer
Danke, bei mir ist immer alles kaputt
Vielen Dank, funktioniert nur im Büro
Danke im Voraus
Nein danke
""".strip().splitlines()


@pytest.mark.parametrize("text", THANKS)
def test_it_is_a_word_of_thanks(text: str):
    assert is_thanks(text)


@pytest.mark.parametrize("text", NO_THANKS)
def test_it_is_more_than_a_word_of_thanks(text: str):
    assert not is_thanks(text)


def test_neither_a_signature_nor_what_is_quoted_makes_it_more():
    assert is_thanks("Thanks, all fine!\n\nBest regards\nJonas Berg, +49 30 1234")
    assert is_thanks("Danke!\n\nAm 3. März schrieb Sofia:\n> Geht es noch nicht?")
    assert not is_thanks("It is broken again\n\n> Thanks")


def test_a_long_text_is_read_by_a_person():
    assert not is_thanks("thanks " * 31)


def test_nothing_says_nothing():
    assert not is_thanks("")
