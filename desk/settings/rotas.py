"""Settings about on-call rotas: whose turn it is in a team, in what order, handed over when. Its lead may change it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from accounts import queries, rota_actions, rotas
from accounts.choices import TurnUnit
from accounts.models import Membership, Rota, Team, User
from calendars.models import Calendar
from core import errors
from core.actor import Actor
from core.form_fields import LocalDayField
from desk.settings.levels import DAY_NAMES
from desk.settings.people import DESK, zone_field
from desk.settings.section import Save, Section, SettingForm, yes

SPARE = 3
WEEKDAYS = [("", __("Only for turns in weeks")), *enumerate(DAY_NAMES.values())]


def is_lead(actor: Actor, row: Rota | None) -> bool:
    """Whether this login leads the rota's team (none: any team)."""
    if not actor.user_id or not actor.teams:
        return False
    led = Membership.objects.filter(user_id=actor.user_id, is_lead=True)
    return (led.filter(team_id=row.team_id) if row else led).exists()


class RotaForm(SettingForm):
    """A rota: its turns, and its members one after the other."""

    fixed = ("team",)
    team = forms.ModelChoiceField(None, label=__("Team"))
    name = forms.CharField(label=__("Name"), max_length=120)
    unit = forms.ChoiceField(
        label=__("Turns are counted in"), choices=TurnUnit.choices, initial=TurnUnit.WEEKS
    )
    length = forms.IntegerField(label=__("Length of a turn"), initial=1, max_value=9999)
    weekday = forms.TypedChoiceField(
        label=__("Handed over on"), choices=WEEKDAYS, coerce=int, empty_value=None, required=False, initial=0
    )
    handover_time = forms.TimeField(
        label=__("Handed over at"), initial="09:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    time_zone = zone_field()
    starts_on = LocalDayField(
        label=__("Starts on"), help_text=__("The first member’s turn begins on this day, or the next hand-over day.")
    )  # fmt: skip
    calendar = forms.ModelChoiceField(
        None, label=__("Only in these hours"), required=False, empty_label=__("Around the clock")
    )
    is_active = forms.BooleanField(label=__("Active"), required=False, initial=True)

    def prepare(self) -> None:
        if "team" in self.fields:
            self.fields["team"].queryset = _teams(self.actor)
            del self.fields["is_active"]
        self.fields["calendar"].queryset = Calendar.objects.visible_to(self.actor).order_by("name")
        known = [one.user_id for one in self.row.places.all()] if self.row else []
        people = queries.desk_users(self.actor)
        if self.row:
            people = User.objects.filter(memberships__team=self.row.team_id) | User.objects.filter(
                pk__in=known
            )
        choices = [("", "–"), *((str(one.pk), str(one)) for one in people.distinct().order_by("name", "id"))]
        for number in range(max(len(known) + SPARE, 6)):
            self.fields[f"member_{number + 1}"] = forms.ChoiceField(
                label=_("Turn %(number)s") % {"number": number + 1}, choices=choices, required=False,
                initial=str(known[number]) if number < len(known) else "",
            )  # fmt: skip

    def given(self) -> dict[str, Any]:
        kept = {name: value for name, value in super().given().items() if not name.startswith("member_")}
        if self.row is None or any(name.startswith("member_") for name in self.changed_data):
            picked = [value for name, value in self.values().items() if name.startswith("member_") and value]
            users = User.objects.in_bulk([int(one) for one in picked])
            kept["members"] = [users[int(one)] for one in picked]
        return kept

    def take(self, refusal: errors.Refused) -> None:
        if "members" in refusal.errors:
            refusal.errors["member_1"] = refusal.errors.pop("members")
        super().take(refusal)


def _teams(actor: Actor) -> Any:
    rows = Team.objects.visible_to(actor).filter(is_active=True).order_by("name")
    return (
        rows
        if actor.may("team.write")
        else rows.filter(memberships__user=actor.user_id, memberships__is_lead=True)
    )


def _save(save: Save) -> Rota:
    if save.row is None:
        members = save.values.pop("members")
        if save.values["unit"] == TurnUnit.DAYS:
            save.values["weekday"] = None
        return rota_actions.create_rota(Rota(**save.values), members=members, **save.common)
    return rota_actions.change_rota(save.row, version=save.version, **save.change)


def _turn(row: Rota) -> str:
    if row.unit == TurnUnit.DAYS:
        return ngettext("%(count)s day", "%(count)s days", row.length) % {"count": row.length}
    return ngettext("%(count)s week", "%(count)s weeks", row.length) % {"count": row.length}


SECTION = Section(
    "rotas", __("On-call rotas"), __("On-call rota"), "calendar-time", DESK,
    __("Whose turn it is, and when it goes to the next one."), "team.write", rotas.visible,
    ((__("Name"), str), (__("Team"), lambda row: row.team), (__("Turn"), _turn),
     (__("Members"), lambda row: ", ".join(str(one.user) for one in row.places.all())),
     (__("Active"), lambda row: yes(row.is_active))),
    RotaForm, _save, search=("name", "team__name"), also=is_lead,
)  # fmt: skip
