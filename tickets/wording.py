"""Which words of a text tell what is wrong: one answer for all who look for tickets like this one."""

import re

MOST_WORDS = 12
_WORD = re.compile(r"[^\W_]{3,40}")
# Words that say nothing about what is wrong, in the two languages that people write here most.
_EMPTY_WORDS = """aber after all also and any are auch bei but can das dem den der des die does ein eine for from für
had has hat have her his ich into ist kein mehr mit more nach nicht noch not oder our over she sie
sind some that the their there they this und very vom von was when wir with would you your zum"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def words_of(text: str, most: int | None = MOST_WORDS) -> list[str]:
    """The words of a text that tell something, in lower case, letters and digits only, each once; at most
    `most` of them."""
    found = dict.fromkeys(one for one in _WORD.findall(text.casefold()) if one not in _EMPTY)
    return list(found)[:most]
