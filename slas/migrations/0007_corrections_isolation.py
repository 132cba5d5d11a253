"""Row-level security of what is said about a clock afterwards: it goes with the clock, its compartment included."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("slas", "0006_corrections")]

    operations = [
        Isolate("Correction", Ownership.OWNED, compartment=True),
        Isolate("BreachCause", Ownership.OWNED, compartment=True, append_only=True),
        ScopedForeignKey("Correction", "timer", "slas.Timer", compartment=True),
        ScopedForeignKey("BreachCause", "timer", "slas.Timer", compartment=True),
    ]
