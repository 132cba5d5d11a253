"""One's own absences, and who stands in: outside of requests' scopes, like the rest of one's account."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods, require_POST

from accounts import absences as away
from accounts import actors, queries
from accounts.models import Absence, User
from accounts.profile_views import acting, own
from core import errors


class AbsenceForm(forms.Form):
    """From when to when, and who stands in."""

    from_on = forms.DateField(label=__("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    to_on = forms.DateField(label=__("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    deputy = forms.ModelChoiceField(None, label=__("Deputy"), required=False, empty_label=__("Nobody"))
    reason = forms.CharField(
        label=__("Reason"), max_length=200, required=False, help_text=__("Your colleagues at the desk can read it.")
    )  # fmt: skip

    def __init__(self, user: User, *args: object, **options: object):
        super().__init__(*args, **options)
        colleagues = queries.desk_users(actors.of_user(user)).exclude(pk=user.pk)
        self.fields["deputy"].queryset = colleagues.order_by("name", "id")


@require_http_methods(["GET", "HEAD", "POST"])
@own
def absences(request: HttpRequest) -> HttpResponse:
    """When this person is away; a form for one more time."""
    user = User.objects.get(pk=request.user.pk)
    if not actors.of_user(user).is_desk:
        raise errors.NotFound(_("Absences are for people of the desk."))
    form = AbsenceForm(user, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with acting(request) as (by, here):
                    away.create_absence(user, by=by, at=here.at, **form.cleaned_data)
            except errors.Refused as refusal:
                for name, texts in (refusal.errors or {None: [refusal.detail]}).items():
                    form.add_error(name, texts)
            else:
                messages.success(request, _("Noted. New tickets go to others in that time."))
                return redirect("profile_absences")
    rows = away.coming(user, timezone.now())
    return render(request, "accounts/absences.html", {"form": form, "absences": rows}, status=status)


@require_POST
@own
def end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Take one of one's absences back."""
    found = Absence.objects.filter(pk=absence_id, user_id=request.user.pk).select_related("user").first()
    if found is None:
        raise errors.NotFound(_("There is no such absence."))
    with acting(request) as (by, here):
        away.end_absence(found, by=by, at=here.at)
    messages.success(request, _("Taken back."))
    return redirect("profile_absences")
