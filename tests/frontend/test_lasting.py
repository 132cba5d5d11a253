"""What is drawn once for a language, or when its template is read, says what it would say on every page."""

from django.template import Context, Template
from django.utils import translation

from core.templatetags import parts

SOURCE = '{% load frame i18n %}{% lasting %}{% translate "Search" %} {{ secret }}{% endlasting %}'


def test_words_that_last_are_drawn_once_for_each_language_and_see_nothing_of_the_page() -> None:
    template = Template(SOURCE)
    for language, word in (("en", "Search"), ("de", "Suchen"), ("en", "Search")):
        with translation.override(language):
            assert template.render(Context({"secret": "of one reader"})).strip() == word


def test_places_escape_what_people_named_and_say_their_keys_where_they_are_asked() -> None:
    items = [{"label": "<b>", "is_heading": True}, {"label": 'Us & "them"', "url": "/?a=1&b=2", "icon": "users", "count": 0,
             "current": True, "own": True, "key": "g q", "starred": "all"}]  # fmt: skip
    drawn = Template("{% load frame %}{% places items keys=keys %}")
    quiet, loud = (drawn.render(Context({"items": items, "keys": one})) for one in (False, True))
    assert '<div class="nav-h">&lt;b&gt;</div><a href="/?a=1&amp;b=2" title="Us &amp; &quot;them&quot;"' in quiet
    assert '<span class="t own">Us &amp; &quot;them&quot;</span><span class="n">0</span></a>' in quiet
    assert ("data-key" in quiet, "data-starred" in quiet) == (False, False)
    assert ' aria-current="page" data-starred="all" draggable="true" data-key="g q">' in loud


def test_a_symbol_in_a_template_is_the_symbol_that_a_page_would_draw() -> None:
    drawn = Template('{% load parts %}{% icon "search" %}{% icon name %}').render(Context({"name": "search"}))
    assert drawn == parts.icon("search") * 2
