"""Which service somebody means, by the words he writes: a guess to be corrected, never a rule."""

from collections.abc import Sequence

from cmdb.models import ConfigurationItem
from tickets import wording

LEAST_STEM = 4  # letters that two words must share to be the same word in another form


def service(text: str, services: Sequence[ConfigurationItem]) -> ConfigurationItem | None:
    """The one service whose name shares most words with the text; None without any, and where two share as many."""
    said = set(wording.words_of(text, None))
    if not said:
        return None
    scored = sorted(((_shared(one.name, said), one) for one in services), key=lambda pair: -pair[0])
    if not scored or scored[0][0] == 0 or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][1]


def _shared(name: str, said: set[str]) -> int:
    return sum(any(_alike(word, one) for one in said) for word in wording.words_of(name))


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= LEAST_STEM and long.startswith(short)
