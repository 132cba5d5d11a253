"""The parts: what they print, and that nobody's text becomes markup."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from core import display

NOW = datetime(2026, 11, 18, 12, 42, tzinfo=UTC)
EVIL = '"><script>alert(1)</script>'


def shown(source: str, **context: Any) -> str:
    return Template("{% load parts talk %}" + source).render(Context(context))


def test_a_button_is_a_submit_button_or_a_link() -> None:
    assert shown('{% button "Save" %}') == '<button class="btn" type="submit">Save</button>'
    assert shown('{% button "Open" url="/x/" kind="quiet" %}') == '<a class="btn quiet" href="/x/">Open</a>'


def test_a_button_prints_its_key_and_says_it() -> None:
    html = shown('{% button "Assign" key="shift+a" %}')
    assert 'data-key="shift+a"' in html
    assert 'aria-keyshortcuts="Shift+A"' in html
    assert '<kbd aria-hidden="true">Shift A</kbd>' in html


def test_an_icon_button_keeps_its_name() -> None:
    html = shown('{% button "Copy link" icon="link" only_icon=True %}')
    assert 'aria-label="Copy link"' in html
    assert "Copy link</button>" not in html


def test_further_keywords_become_attributes() -> None:
    html = shown('{% button "Go" name="then" value="hold" data_dialog=True disabled=False %}')
    assert ' name="then" value="hold" data-dialog>Go<' in html
    assert "disabled" not in html


@pytest.mark.parametrize(
    "source",
    [
        "{% button evil url=evil key=evil %}",
        "{% chip evil %}",
        "{% avatar person %}",
        '{% avatar person "lg" named=True %}',
        "{% status state %}",
        "{% fuse clock %}",
        "{% message entry %}",
        "{% event_line entry %}",
        "{% notice evil %}",
        "{% empty_state evil url=evil label=evil %}",
        "{% pager older_url=evil text=evil %}",
        "{% steps 2 evil %}",
        '{% health "up" evil %}',
    ],
)
def test_no_part_lets_text_become_markup(source: str) -> None:
    person = SimpleNamespace(name=EVIL, initials=EVIL, kind="")
    entry = {
        "audience": "internal", "author": {"name": EVIL, "initials": EVIL, "kind": ""}, "at": NOW, "via": EVIL,
        "body": EVIL, "body_html": "", "icon": "bolt", "text": EVIL, "why_url": EVIL, "why_text": EVIL,
        "attachments": [{"name": EVIL, "url": EVIL, "size": 5}], "can_quote": True,
    }  # fmt: skip
    clock = display.Fuse(EVIL, EVIL, 0.5, "ok", title=EVIL)
    html = shown(
        source,
        evil=EVIL,
        person=person,
        entry=entry,
        clock=clock,
        state={"glyph": "new", "word": EVIL},
        now=NOW,
    )
    assert "<script" not in html
    assert "alert(1)" in html


def test_a_fuse_draws_what_is_left_and_gives_the_browser_its_ends() -> None:
    due_at = NOW + timedelta(hours=1)
    clock = display.fuse("Fix", due_at=due_at, from_at=NOW - timedelta(hours=3), now=NOW)
    html = shown("{% fuse clock long=True %}", clock=clock)
    assert '<rect width="25%"' in html
    assert f'data-due="{due_at.isoformat()}"' in html
    assert "<b>1 h 00 left</b>" in html
    assert "style" not in html


def test_a_paused_clock_says_so_and_why() -> None:
    html = shown("{% fuse clock %}", clock=display.paused("Fix", reason="With the supplier"))
    assert 'class="fuse hold" title="With the supplier"' in html
    assert "<b>Paused</b>" in html
    assert "data-due" not in html


def test_nobody_is_an_empty_ring_with_a_word() -> None:
    assert '<span class="sr">Unassigned</span>' in shown("{% avatar who %}", who=None)


def test_an_internal_note_carries_its_four_marks_on_the_desk() -> None:
    entry = {"audience": "internal", "author": {"name": "Marta"}, "at": NOW, "body": "Hm"}
    html = shown("{% message entry %}", entry=entry, now=NOW)
    assert 'class="msg internal"' in html
    assert "Internal, team only" in html
    assert "#lock" in html


def test_a_moment_is_a_time_element_with_machine_value_and_zone() -> None:
    html = shown("{% moment at %}", at=NOW - timedelta(minutes=12), now=NOW)
    assert 'datetime="2026-11-18T12:30:00+00:00"' in html
    assert 'title="Wednesday 18 November 2026 12:30 UTC"' in html
    assert html.endswith("data-rel>12 min ago</time>")


def test_absolute_moments_never_say_ago() -> None:
    html = shown("{% moment at absolute=True %}", at=NOW - timedelta(minutes=12), now=NOW)
    assert html.endswith(">18 Nov 2026 12:30</time>")


class TwoFields(forms.Form):
    title = forms.CharField(label="What is wrong?")
    code = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect, required=False, label="Cause")


def test_a_form_in_our_look_links_each_mistake_to_its_field() -> None:
    html = str(TwoFields({"code": "z"}))
    assert '<a href="#id_title">What is wrong? This field is required.</a>' in html
    assert 'href="#id_code_group"' in html
    assert 'id="id_code_group" tabindex="-1"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-describedby="id_title_error"' in html
    assert html.count("data-focus") == 1


def test_optional_is_marked_and_required_is_not() -> None:
    html = str(TwoFields())
    assert html.count("(optional)") == 1
    assert "data-focus" not in html


def html_tag(**user: Any) -> str:
    request = RequestFactory().get("/")
    request.COOKIES = {"theme": "dark", "density": "<x>"}
    request.user = SimpleNamespace(**user) if user else AnonymousUser()
    return shown("{% html_attributes %}", request=request)


def test_the_server_writes_the_theme_of_the_person_else_of_the_cookie() -> None:
    assert 'data-theme="dark"' in html_tag()
    assert 'data-theme="light"' in html_tag(pk=7, theme="light", density="compact", has_keys=False)


def test_the_server_writes_density_and_keys_only_where_they_differ() -> None:
    assert "data-density" not in html_tag()
    person = html_tag(pk=7, theme="", density="compact", has_keys=False)
    assert 'data-density="compact" data-keys="off"' in person
    assert 'data-user="7"' in person
