"""Tasks with their checklists, and time entries, isolated like all that hangs on a ticket."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_isolation"),
        ("customers", "0002_isolation"),
        ("tickets", "0007_restricted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TicketTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0, editable=False)),
                ("title", models.CharField(max_length=250)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("due_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(help_text="When it was done or cancelled.", null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "blocked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="tickets.tickettask",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaskItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0, editable=False)),
                ("text", models.CharField(max_length=250)),
                ("position", models.PositiveIntegerField()),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.CharField(blank=True, max_length=200)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="tickets.tickettask",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TimeEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0, editable=False)),
                ("started_at", models.DateTimeField()),
                (
                    "seconds",
                    models.PositiveIntegerField(help_text="0 only in a correction that takes the time back."),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("work", "Work"),
                            ("call", "Call"),
                            ("travel", "Travel"),
                            ("meeting", "Meeting"),
                            ("research", "Research"),
                        ],
                        default="work",
                        max_length=12,
                    ),
                ),
                ("is_billable", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("reason", models.CharField(blank=True, help_text="Why it was corrected.", max_length=300)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="tickets.timeentry",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="time_entries",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "time entries",
            },
        ),
        migrations.AddIndex(
            model_name="tickettask",
            index=models.Index(fields=["customer", "ticket", "position", "id"], name="task_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="tickettask",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["assignee", "id"], name="task_mine"
            ),
        ),
        migrations.AddIndex(
            model_name="tickettask",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["team", "id"], name="task_of_team"
            ),
        ),
        migrations.AddConstraint(
            model_name="tickettask",
            constraint=models.UniqueConstraint(
                fields=("customer", "id", "compartment"), name="task_customer_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="tickettask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_task_that_ended_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="tickettask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("blocked_by", None),
                    models.Q(("blocked_by", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="no_task_blocks_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="tickettask",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="a_task_has_a_title"
            ),
        ),
        migrations.AddIndex(
            model_name="taskitem",
            index=models.Index(fields=["customer", "task", "position", "id"], name="item_of_task"),
        ),
        migrations.AddConstraint(
            model_name="taskitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="an_item_of_a_checklist_has_a_text"
            ),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(fields=["customer", "ticket", "started_at", "id"], name="time_of_ticket"),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.UniqueConstraint(
                fields=("customer", "id", "compartment"), name="time_entry_customer_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.UniqueConstraint(fields=("customer", "supersedes"), name="corrected_once"),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seconds__gt", 0), ("seconds__lte", 86400)),
                    models.Q(("seconds", 0), ("supersedes__isnull", False)),
                    _connector="OR",
                ),
                name="an_entry_is_a_day_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supersedes", None),
                    models.Q(
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_correction_says_why",
            ),
        ),
        Isolate("TicketTask", Ownership.OWNED, compartment=True),
        Isolate("TaskItem", Ownership.OWNED, compartment=True),
        Isolate("TimeEntry", Ownership.OWNED, compartment=True, append_only=True),
        ScopedForeignKey("TicketTask", "ticket", "tickets.Ticket", compartment=True),
        ScopedForeignKey("TicketTask", "blocked_by", "tickets.TicketTask", compartment=True),
        ScopedForeignKey("TaskItem", "task", "tickets.TicketTask", compartment=True),
        ScopedForeignKey("TimeEntry", "ticket", "tickets.Ticket", compartment=True),
        ScopedForeignKey("TimeEntry", "supersedes", "tickets.TimeEntry", compartment=True),
    ]
