"""What an empty list of the Settings would hold, in one sentence that teaches."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

SENTENCES = {
    "customers": __("Nobody is served yet. A customer has people, services and hours of his own."),
    "sites": __(
        "No place is known yet. A site gives its people a time zone and, if it must, hours of its own."
    ),
    "people": __("Nobody is known yet. Who is written down here can report, and is told how it goes."),
    "suppliers": __("Nobody is named yet. A ticket that waits for a supplier says for whom."),
    "teams": __("There is no team yet. A ticket is in one team's hands, so the first one is needed soon."),
    "rotas": __("No team has a rota yet. A rota says whom an alarm reaches at night, and who is next."),
    "portals": __("No portal has looks of its own yet: all of them look like the installation."),
    "surveys": __("Nobody is asked yet. A short question after closing shows how it went."),
    "guests": __("No report waits. Confirmed reports of unknown people wait here for your word."),
    "programs": __(
        "No program has a name yet. Monitoring and scripts open tickets under a name of their own."
    ),
    "services": __("No service is offered yet. A service says who supports it and which agreement holds."),
    "categories": __("There is no category yet. A few are enough: they sort tickets and choose teams."),
    "custom-fields": __(
        "No field of your own yet. Add one where the desk asks for the same thing every day."
    ),
    "calendars": __("There are no business hours yet. Clocks run in them, and rest outside."),
    "agreements": __(
        "Nothing is promised yet. An agreement says how soon, and who is told when it gets late."
    ),
    "macros": __("There is no macro yet. A macro writes and changes in one stroke what you do every day."),
    "texts": __(
        "There is no saved text yet. Save what you write again and again, with the caller's name in it."
    ),
    "templates": __("There is no template yet. A template fills in the ticket that comes every week."),
    "rules": __(
        "There is no rule yet. A rule sends new tickets to the right team by itself; try it before it runs."
    ),
    "recurring": __("Nothing recurs yet. What must be done each month opens its own ticket."),
    "top-management": __("Nobody is named yet. Without a name here, no major incident can be declared."),
}


def of(slug: str) -> Any:
    """The sentence for a section."""
    return SENTENCES.get(slug) or _("Nothing is here yet.")
