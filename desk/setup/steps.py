"""What each step asks and does: a form of existing fields, and the actions behind the Settings."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from accounts import actions as accounts
from accounts import portal_actions
from accounts.models import Membership, Portal, Team, User
from accounts.roles import CUSTOMER_ROLES
from core import errors
from core.actor import Actor
from customers.models import Customer, Installation
from desk.forms import DeskForm
from desk.settings.people import zone_field
from desk.settings.portals import LOGO_HELP
from desk.setup import hours, names, pasting, presets
from notifications.errors import NotSentError, RefusedError, UncertainError
from notifications.wire import Wire


@dataclass(frozen=True)
class Given:
    """One sending of a step's form: who, when, and what he filled in."""

    form: Any
    by: Actor
    at: dt.datetime

    @property
    def values(self) -> dict[str, Any]:
        return self.form.values()

    @property
    def common(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


@dataclass(frozen=True)
class Step:
    """One step. `form(actor, data, files, query)` makes its form, `save(Given)` does it and answers one sentence;
    `beside(actor, at)` is what its page shows above the form."""

    slug: str
    icon: str
    text: Any
    form: Callable[..., Any]
    save: Callable[[Given], str]
    submit: Any = ""
    beside: Callable[[Actor, dt.datetime], dict[str, Any]] = lambda _actor, _at: {}

    @property
    def label(self) -> Any:
        return names.STEPS[self.slug]


class StepForm(DeskForm):
    """A step's form. Files come with it."""

    def __init__(self, actor: Actor, data: Any = None, files: Any = None, query: Any = None):
        self.actor = actor
        super().__init__(data, files, initial=self.present())

    def present(self) -> dict[str, Any]:
        """The values that stand now."""
        return {}


def provider(actor: Actor) -> Customer:
    """The provider. Raises NotFound where there is none."""
    found = Customer.objects.visible_to(actor).filter(is_provider=True).first()
    if found is None:
        raise errors.NotFound(_("This installation has no provider yet: “manage.py begin” makes it."))
    return found


class OrganizationForm(StepForm):
    name = forms.CharField(label=__("Name of your organisation"), max_length=200)
    language = forms.ChoiceField(
        label=__("Language"), choices=settings.LANGUAGES, help_text=__("Of mails to people who chose none.")
    )
    time_zone = zone_field()
    phone = forms.CharField(
        label=__("Help line"),
        max_length=60,
        required=False,
        help_text=__("Whom to call when nothing else works."),
    )
    email = forms.EmailField(label=__("Email address of the desk"), required=False)

    def present(self) -> dict[str, Any]:
        ours = provider(self.actor)
        row = Installation.objects.first()
        own = {name: getattr(row, name) for name in ("name", "phone", "email")} if row else {}
        return {"language": ours.language, "time_zone": ours.time_zone, "name": ours.name, **own}


def _organization(given: Given) -> str:
    values = given.values
    shown = {name: values[name] for name in ("name", "phone", "email")}
    accounts.change_installation(fields=shown, **given.common)
    ours = {name: values[name] for name in ("name", "language", "time_zone")}
    accounts.change_customer(provider(given.by), fields=ours, **given.common)
    return _("Everybody sees the name %(name)s from now on.") % {"name": values["name"]}


def _factors(actor: Actor, _at: dt.datetime) -> dict[str, Any]:
    kinds = Authenticator.objects.filter(user_id=actor.user_id or 0).values_list("type", flat=True)
    return {"has_factor": bool(set(kinds) - {Authenticator.Type.RECOVERY_CODES})}


def _sign_in(given: Given) -> str:
    if not _factors(given.by, given.at)["has_factor"]:
        sentence = _("There is no second factor yet: add a passkey or an app first, or skip this step.")
        raise errors.Invalid(sentence)
    return _("Your sign-in has a second factor.")


class MailForm(StepForm):
    to = forms.EmailField(label=__("Send a test mail to"))

    def present(self) -> dict[str, Any]:
        user = User.objects.filter(pk=self.actor.user_id or 0).first()
        return {"to": user.email if user else ""}


def _mail_facts(_actor: Actor, _at: dt.datetime) -> dict[str, Any]:
    return {
        "mail_from": settings.DEFAULT_FROM_EMAIL,
        "mail_host": settings.ENV["EMAIL_HOST"],
        "mail_folder": Path(settings.EMAIL_FILE_PATH).name,
    }


def _mail(given: Given) -> str:
    """Send it now, over the connection that all mail takes, and say what the server said."""
    address, wire = given.values["to"], Wire()
    body = _("This is the test mail of your service desk. It arrived: mail out works.")
    try:
        wire.open()
        wire.hand_over(EmailMessage(_("Test mail of your service desk"), body, to=[address]))
    except (NotSentError, RefusedError, UncertainError) as fault:
        sentence = _("The test mail did not go out. %(why)s")
        raise errors.Invalid(sentence % {"why": fault}) from fault
    finally:
        wire.close()
    return _("The test mail to %(address)s went out: look whether it arrived.") % {"address": address}


class PeopleForm(StepForm):
    team = forms.CharField(label=__("Team"), max_length=120, help_text=__("It is made where there is none."))
    people = forms.CharField(
        label=__("People"), widget=forms.Textarea(attrs={"rows": 7}), max_length=30_000,
        help_text=__("One a line: name, email, role. Without a role: agent."),
    )  # fmt: skip
    shown = forms.CharField(required=False, widget=forms.HiddenInput(), max_length=30_000)

    def present(self) -> dict[str, Any]:
        team = Team.objects.visible_to(self.actor).filter(customer=None).order_by("-is_triage", "id").first()
        return {"team": team.name if team else ""}

    @property
    def lines(self) -> list[pasting.Line]:
        """What was understood, once the form was sent."""
        return pasting.read(self.cleaned_data.get("people", "")) if self.is_bound and self.is_valid() else []

    def is_seen(self) -> bool:
        """Whether the preview was of exactly these lines, all of them readable; else prepares to show it."""
        given = self.cleaned_data
        if given["shown"].split() == given["people"].split() and not any(one.fault for one in self.lines):
            return True
        self.data = self.data.copy()
        self.data["shown"] = given["people"]
        return False


def _people(given: Given) -> str:
    lines = given.form.lines
    users = [_login(one, given) for one in lines]
    wanted = given.values["team"]
    team = Team.objects.visible_to(given.by).filter(customer=None, name__iexact=wanted).first()
    if team is None:
        slug = "".join(one if one.isalnum() and one.isascii() else "-" for one in wanted.lower()).strip("-")
        row = Team(slug=slug[:60] or "team", name=wanted)
        accounts.create_team(row, members=users, **given.common)
    else:
        present = User.objects.filter(pk__in=Membership.objects.filter(team=team).values("user_id"))
        accounts.set_members(team, members=[*present, *users], **given.common)
    said = ngettext(
        "%(count)s person can sign in, once a password is set by “Forgot your password?”.",
        "%(count)s people can sign in, once they set a password by “Forgot your password?”.",
        len(users),
    )
    return said % {"count": len(users)}


def _login(line: pasting.Line, given: Given) -> User:
    user = User.objects.filter(email=line.email).first()
    user = user or accounts.create_user(line.email, line.name, **given.common)
    if user.grants.filter(role__in=CUSTOMER_ROLES).exists():
        sentence = _("%(email)s signs in for a customer: for the desk, use another address.")
        raise errors.Invalid(sentence % {"email": line.email})
    accounts.grant(user, line.role, **given.common)
    return user


class PortalForm(StepForm):
    name = forms.CharField(label=__("Name of the portal"), max_length=120)
    logo = forms.FileField(label=__("Logo"), required=False, help_text=LOGO_HELP)
    phone = forms.CharField(label=__("Phone of the desk"), max_length=60, required=False)
    hours = forms.CharField(label=__("Hours, in words"), max_length=120, required=False)

    def present(self) -> dict[str, Any]:
        own = Portal.objects.filter(customer=provider(self.actor)).first()
        row = own or Installation.objects.first()
        return {name: getattr(row, name) for name in ("name", "phone", "hours")} if row else {}


def _portal(given: Given) -> str:
    values = given.values
    logo = values.pop("logo", None)
    ours = provider(given.by)
    own = Portal.objects.filter(customer=ours).first()
    if own is None:
        portal_actions.create_portal(Portal(customer=ours, **values), logo=logo, **given.common)
    else:
        portal_actions.change_portal(own, fields=values, logo=logo, **given.common)
    shown = {name: values[name] for name in ("phone", "hours")}
    accounts.change_installation(fields=shown, **given.common)
    return _("The portal is called %(name)s.") % {"name": values["name"]}


STEPS: dict[str, Step] = {
    one.slug: one
    for one in (
        Step("organization", "building", __("What everybody sees at the top of every page and in every mail."),
             OrganizationForm, _organization),
        Step("sign-in", "fingerprint",
             __("Whoever holds the administrator's sign-in holds everything: protect it by more than a password."),
             StepForm, _sign_in, submit=__("It is protected, go on"), beside=_factors),
        Step("mail", "mail", __("Whether mail leaves this house, tried now."), MailForm, _mail,
             submit=__("Send the test mail"), beside=_mail_facts),
        Step("hours", "calendar-time", __("When somebody is there. Clocks run in these hours only."),
             hours.form, lambda given: hours.save(given.form, by=given.by, at=given.at), beside=hours.beside),
        Step("people", "users", __("Who works here. You see what was understood before anything is saved."),
             PeopleForm, _people, submit=__("Read the list")),
        Step("targets", "clock", __("How soon people hear from you, and how soon it works again."),
             presets.PresetForm, lambda given: presets.save(given.form, by=given.by, at=given.at)),
        Step("portal", "home", __("Where your own people report faults, and whom they can call."),
             PortalForm, _portal),
    )
}  # fmt: skip
