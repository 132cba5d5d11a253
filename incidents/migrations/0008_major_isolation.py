"""Row-level security of major incidents, and what a new installation starts with: a procedure and the words."""

from django.db import migrations

from customers.isolation import HistoryFollows, Isolate, ScopedForeignKey
from customers.models import Ownership

CRITERIA = (
    "A service that many use is down or nearly unusable, or one whose loss endangers people, law or the business; or "
    "its cause is unknown and it spreads."
)
PROCEDURE = (
    "1. Declare it, and name a lead who does not work on the solution himself.\n"
    "2. Tell customers, the desk and top management at once, then at every interval, even if nothing is new.\n"
    "3. Link the tickets that report the same. Record decisions when they are taken.\n"
    "4. When service is restored: tell everybody, watch, write the report, hold the review."
)
WORDS = {
    (
        "first",
        "public",
    ): "{title}. We are working on it with priority. The next news follows by {next_update}.",
    (
        "first",
        "desk",
    ): "Major incident: {title}. Link tickets that report the same; do not start repairs of your own.",
    (
        "first",
        "management",
    ): "A major incident was declared: {title} ({service}). Next report by {next_update}.",
    ("update", "public"): "{title}: we are still working on it. The next news follows by {next_update}.",
    ("update", "desk"): "{title}: still going on. Next news by {next_update}.",
    ("update", "management"): "{title} ({service}): still going on. Next report by {next_update}.",
    (
        "resolved",
        "public",
    ): "{title}: this works again. We keep watching it. We are sorry for the disturbance.",
    (
        "resolved",
        "desk",
    ): "{title}: service is restored. Ask the requesters of linked tickets before resolving them.",
    ("resolved", "management"): "{title} ({service}): service is restored. Report and review follow.",
    ("withdrawn", "public"): "{title}: this turned out to be smaller than thought and is handled as usual.",
    ("withdrawn", "desk"): "{title}: no major incident any more; it goes on as a usual one.",
    (
        "withdrawn",
        "management",
    ): "{title} ({service}): no major incident any more; it goes on as a usual one.",
}


def seed(apps, _schema_editor):
    model = apps.get_model
    model("incidents", "MajorProcedure")._base_manager.create(
        version=1, criteria=CRITERIA, procedure=PROCEDURE, reason="As installed"
    )
    model("incidents", "UpdateTemplate")._base_manager.bulk_create(
        model("incidents", "UpdateTemplate")(occasion=occasion, audience=audience, text=text)
        for (occasion, audience), text in WORDS.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0007_major"),
        ("tickets", "0002_isolation"),
        ("accounts", "0002_isolation"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        Isolate("MajorIncident", Ownership.OWNED, compartment=True),
        Isolate("HistoricalMajorIncident", Ownership.OWNED, compartment=True, append_only=True),
        HistoryFollows("MajorIncident"),
        Isolate("MajorUpdate", Ownership.OWNED, compartment=True, append_only=True),
        Isolate("MajorDecision", Ownership.OWNED, compartment=True, append_only=True),
        Isolate("MajorProcedure", Ownership.REFERENCE, append_only=True),
        Isolate("TopManager", Ownership.REFERENCE),
        Isolate("UpdateTemplate", Ownership.REFERENCE),
        *(
            ScopedForeignKey(model, "ticket", "tickets.Ticket", compartment=True)
            for model in ("MajorIncident", "MajorUpdate", "MajorDecision")
        ),
    ]
