"""How it went: one question. The mail's link opens this page with the score chosen; a button sends."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from accounts.models import Portal
from core import errors, problems
from core.actor import ALL, Actor, ActorKind, Side
from customers import scoping
from portal import branding, strangers
from tickets import surveys
from tickets.models import Answer

WORDS = {5: __("Very good"), 4: __("Good"), 3: __("So-so"), 2: __("Bad"), 1: __("Very bad")}


class AnswerForm(forms.Form):
    """The score, and a text if one likes."""

    score = forms.TypedChoiceField(
        choices=[(score, f"{score} – {word}") for score, word in WORDS.items()],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": __("Choose one of the five answers.")},
    )
    comment = forms.CharField(
        label=__("What should we know?"), widget=forms.Textarea(attrs={"rows": 4}), required=False,
        max_length=surveys.LONGEST_COMMENT,
    )  # fmt: skip

    def __init__(self, *args: Any, question: str, **options: Any):
        super().__init__(*args, **options)
        self.fields["score"].choices = [(score, f"{score} – {word}") for score, word in WORDS.items()]
        self.fields["score"].label = question


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The question behind a link; the same 404 for every link that we did not sign."""
    answer_id = surveys.id_of(token)
    with scoping.scope(ALL):
        rows = Answer.objects.select_related("ticket__requester", "ticket__customer__portal")
        row = rows.filter(pk=answer_id, compartment=0).first() if answer_id else None
    if row is None:
        return problems.respond(
            request, errors.NotFound(_("This link is not valid, or no more: nothing was changed."))
        )
    person = row.ticket.requester
    with translation.override(person.language or row.ticket.customer.language):
        return _answered(request, row)


def _answered(request: HttpRequest, row: Answer) -> HttpResponse:
    own = branding.portal_of(row.ticket.customer) or Portal(customer=row.ticket.customer)
    with scoping.scope([row.customer_id]) as here:
        if not surveys.is_open(row, here.at):
            text = (
                _("You have answered already. Thank you.")
                if row.answered_at
                else _("This question is closed.")
            )
            return strangers.page(request, own, title=_("Thank you"), text=text)
        question = surveys.question_of(row)
        if request.method != "POST":
            chosen = request.GET.get("score", "")
            form = AnswerForm(initial={"score": chosen if chosen.isdecimal() else ""}, question=question)
            return _form(request, own, row, form)
        form = AnswerForm(request.POST, question=question)
        if not form.is_valid():
            return _form(request, own, row, form, status=422)
        try:
            surveys.answer(row, by=_requester(row), at=here.at, **form.cleaned_data)
        except errors.Refused as refusal:
            form.add_error(None, refusal.detail)
            return _form(request, own, row, form, status=refusal.status)
    return strangers.page(request, own, title=_("Thank you"), text=_("Your answer has arrived."))


def _form(
    request: HttpRequest, own: Portal, row: Answer, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    text = f"{row.ticket.number}: {row.ticket.title}"
    return strangers.page(
        request, own, status=status, title=_("How was it?"), text=text, form=form, submit=_("Send")
    )


def _requester(row: Answer) -> Actor:
    """The requester, known by his link alone: may answer this and nothing else."""
    person = row.ticket.requester
    return Actor(
        kind=ActorKind.SYSTEM, id=None, label=person.name, side=Side.CUSTOMER,
        customers=frozenset({row.customer_id}), persons=frozenset({person.pk}),
    )  # fmt: skip


def url_of(row: Answer) -> str:
    """The page of an invitation."""
    return reverse("portal:survey", args=[surveys.token_of(row)])
