"""What the mails about a ticket's life beyond its states say: merged, taken part in, escalated, kept from ending."""

from django.utils.translation import gettext as _

from notifications import links, texts
from notifications.texts import Case, Text


def merged(case: Case) -> Text:
    """To the requester of a duplicate: where it goes on."""
    named = {"number": case.ticket.number, "into": case.data.get("into", "")}
    return texts.to_customer(case, _("%(number)s was reported before: we work on it as %(into)s.") % named)


def let_in(case: Case) -> Text:
    """To somebody who takes part from now on."""
    ticket = case.ticket
    return Text(
        subject=texts.topic_of(case),
        lines=[_("You take part in “%(title)s” now: you can read it and answer.") % {"title": ticket.title}],
        links=[(_("Open the request"), links.to_record(ticket.number))],
        why=_("You get this mail because you were added to %(number)s.") % {"number": ticket.number},
    )


def ended(case: Case) -> Text:
    """To who takes part: it is over; the question how it was goes to the requester alone."""
    named = {"number": case.ticket.number, "at": texts.moment(case.entry.at)}
    return texts.to_customer(case, _("%(number)s was closed on %(at)s.") % named)


def escalated_to(case: Case) -> Text:
    """To who was called, or to the team that has it now."""
    named = {"name": case.entry.actor_label, "to": case.data.get("to", "")}
    line = _("%(name)s has escalated this to %(to)s.") % named
    why = _("You get this mail because %(number)s was escalated to you or your team.")
    return texts.to_desk(
        case, _("Escalated"), line, _("The reason: %(reason)s") % {"reason": case.data["reason"]}, why=why
    )


def end_blocked(case: Case) -> Text:
    """To whoever has it in hand: it does not end by itself, and why. Said once."""
    line = _("It would have ended by itself now: nobody has answered, or it has been resolved for days.")
    return texts.to_desk(case, _("Needs finishing"), line, str(case.data.get("reason", "")))


def priority_lowered(case: Case) -> Text:
    """To the service level manager: late, and with a reason."""
    line = _("%(name)s lowered the priority from P%(was)s to P%(now)s when %(used)s %% of the time was used.") % {
        "name": case.entry.actor_label, "was": case.data["from_priority"], "now": case.data["to_priority"],
        "used": case.data["used_percent"],
    }  # fmt: skip
    why = _("You get this mail because you answer for service levels.")
    return texts.to_desk(
        case,
        _("Priority lowered late"),
        line,
        _("The reason: %(reason)s") % {"reason": case.data["reason"]},
        why=why,
    )
