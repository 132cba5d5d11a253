"""Whoever chooses a language reads all of the product in it: no text of a page or a mail lacks its translation."""

import gettext
import re
from collections import Counter

import pytest
from django.conf import settings

from tests.house import catalogues, words

OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
GAP = re.compile(r"%\(\w+\)\d*[sdf.]|%[sd](?!\w)|\{\w*\}|</?\w+>")

pytestmark = pytest.mark.parametrize("language", OTHERS)


def test_every_text_of_code_and_templates_is_translated(language: str):
    known = {key for key, forms in catalogues.written(language) if all(forms)}
    missing = [
        f"{place}: {word.text!r}"
        for word, place in words.asked().items()
        if (word.sense, word.text) not in known
    ]
    assert len(missing) == 0, f"{len(missing)} without a translation, the first: " + "\n".join(missing[:20])


def test_each_text_is_translated_once_and_none_is_left_to_guess(language: str):
    text = (catalogues.folder(language) / "django.po").read_text("utf-8")
    assert "#, fuzzy" not in text
    times = Counter(key for key, _forms in catalogues.written(language))
    assert [key for key, count in times.items() if count > 1] == []


def test_what_is_filled_in_is_named_in_the_translation_too(language: str):
    plurals = {(word.sense, word.text): word.plural for word in words.asked()}
    wrong = [
        (key[1], form)
        for key, forms in catalogues.written(language)
        for form in forms
        if not _gaps(form) <= (given := _gaps(key[1]) | _gaps(plurals.get(key, "")))
        or (len(forms) == 1 and _gaps(form) != given)
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one(language: str):
    with (catalogues.folder(language) / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (sense, text), forms in catalogues.written(language):
        key = f"{sense}\x04{text}" if sense else text
        if len(forms) == 1:
            assert compiled.gettext(key) == forms[0]
        else:
            assert [compiled.ngettext(key, "", count) for count in (1, 2)] == forms[:2]


def _gaps(text: str) -> set[str]:
    return set(GAP.findall(text))
