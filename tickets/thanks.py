"""Is this answer only a word of thanks? By rule, in English and German: when in doubt, it is not.

A wrong "yes" would leave a customer with a fault alone, a wrong "no" costs an agent one look. So the text must be
short, hold a word of thanks, ask nothing, name no number, and hold no word that tells of a problem.
"""

import re

LONGEST_WORDS = 30


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(words)})\b")


THANKS = _any(
    "thanks?", "thank you", "thx", "ty", "cheers", "appreciated?", "danke", "danke ?sch(ö|oe)n", "merci",
    "(vielen|besten|herzlichen|lieben|tausend|recht herzlichen) dank", "dank (dir|ihnen|euch)",
)  # fmt: skip
# Harmless words that would otherwise look like trouble.
HARMLESS = _any(
    "no (problem|worries|rush)", "kein(e)? (problem|ursache)", "no (further|more|other) (questions?|issues?|problems?)",
    "keine (weiteren )?(fragen|probleme|fehler) mehr", "nochmals", "noch ?mal", "noch einmal",
    "(issue|problem|error|fault) (is |was |has been )?(now )?(solved|fixed|resolved|gone)",
    "(problem|fehler|störung) (ist |wurde )?(jetzt |nun )?(gelöst|behoben|weg)",
    "(solved|fixed|resolved) (the|my|our) (issue|problem|error|fault)",
    "can(not|'t)(?= thank you enough)",
)  # fmt: skip
TROUBLE = _any(
    "but", "however", "although", "except", "unfortunately", "still", "yet", "not", "no", "never", "cannot",
    "[a-z]+n't",
    "cant", "doesnt", "dont", "wont", "fail(s|ed|ing)?", "errors?", "issues?", "problems?", "broken", "wrong", "slow",
    "another", "also", "please", "pls", "(could|can|would|will) you", "urgent(ly)?", "asap", "crash(es|ed)?", "stopped",
    "missing", "waiting", "reopen", "instead", "only", "until", "when", "why", "how", "drops?", "dropped", "back again",
    "aber", "jedoch", "allerdings", "leider", "trotzdem", "noch", "nicht", "kein(e|en|er|es)?", "nie", "fehler",
    "fehlt", "problem(e)?", "störung(en)?", "kaputt", "langsam", "bitte", "k(ö|oe)nn(t|te|ten|en|ten sie)", "dringend",
    "abgestürzt", "stürzt", "außerdem", "ausserdem", "auch", "wieso", "warum", "weshalb", "wann", "wie lange", "erneut",
    "defekt", "stattdessen", "nur", "sobald", "bis", "wieder da", "immer", "erst", "nein", "in advance", "im voraus",
)  # fmt: skip
SIGNATURE = re.compile(
    r"^\s*(--\s*$|((best|kind|warm) )?regards\b|best,|mit freundlichen|(viele|beste|liebe|freundliche) grüße"
    r"|(lg|mfg|vg|gruß)\b|sent from|von meinem|gesendet von)",
    re.MULTILINE,
)
QUOTED = re.compile(r"^\s*>.*$|^\s*(on .+ wrote:|am .+ schrieb.*:)\s*$", re.MULTILINE)
WORD = re.compile(r"[^\W\d_]+")
NUMBER = re.compile(r"\d")


def is_thanks(text: str) -> bool:
    """Whether a customer's answer says thanks and nothing else."""
    said = HARMLESS.sub(" ", _own_words(text))
    is_short = 0 < len(WORD.findall(said)) <= LONGEST_WORDS
    if not is_short or "?" in said or NUMBER.search(said):
        return False
    return THANKS.search(said) is not None and TROUBLE.search(said) is None


def _own_words(text: str) -> str:
    """What the writer typed: no quotes of ours, no signature."""
    own = QUOTED.sub("", text.replace("’", "'").lower()).strip()
    found = SIGNATURE.search(own)
    return own[: found.start()] if found and found.start() else own
