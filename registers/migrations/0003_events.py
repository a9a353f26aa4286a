"""What registers tell of afterwards: their lists of events, and whom entries and events concern."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import kernel.crypto
from kernel import sql
from kernel.crypto import blind_index

SQL = Path(__file__).parent.parent / "sql"

APPEND_ONLY = [
    "registers_entryperson",
    "registers_registerevent",
    "registers_eventperson",
]


def index_entries(apps, _schema_editor):
    """Entries cited before there were indexes get theirs."""
    person = apps.get_model("registers", "EntryPerson")
    for entry in apps.get_model("registers", "CitedEntry").objects.iterator(chunk_size=500):
        person.objects.bulk_create(
            [
                person(entry_id=entry.pk, person_index=blind_index("national_id", number))
                for number in sorted(set(json.loads(entry.national_ids)))
            ],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0002_cited_entry_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("civil", "Civil"),
                            ("population", "Population"),
                            ("criminal", "Criminal"),
                        ],
                        max_length=12,
                        unique=True,
                    ),
                ),
                ("cursor", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("due_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, db_default="", default="", max_length=60)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__in", ["civil", "population", "criminal"])),
                        name="feed_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cursor", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("body", kernel.crypto.EncryptedTextField(null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="registers.feed",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegisterEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_id", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("death", "Death"),
                            ("marriage", "Marriage"),
                            ("move", "Move"),
                            ("correction", "Correction"),
                        ],
                        max_length=12,
                    ),
                ),
                ("entry_kind", models.CharField(blank=True, max_length=20)),
                ("happened_on", models.DateField()),
                ("recorded_at", models.DateTimeField(help_text="by the register's own clock")),
                ("national_ids", kernel.crypto.EncryptedTextField()),
                ("persons", models.PositiveSmallIntegerField()),
                ("read_at", models.DateTimeField()),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="registers.feed",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="registers.feedpage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EventPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_index", models.BinaryField(max_length=32)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="registers.registerevent",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EntryPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_index", models.BinaryField(max_length=32)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="registers.citedentry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_index", "entry"), name="entry_names_a_person_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="feedpage",
            constraint=models.UniqueConstraint(
                fields=("feed", "cursor", "sha256"), name="feed_page_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedpage",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="feed_page_hashed"
            ),
        ),
        migrations.AddConstraint(
            model_name="registerevent",
            constraint=models.UniqueConstraint(
                fields=("feed", "source_id"), name="register_event_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="registerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["death", "marriage", "move", "correction"])),
                name="register_event_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("entry_kind__in", ["birth", "marriage", "population", "criminal"]),
                        ("kind", "correction"),
                    ),
                    models.Q(models.Q(("kind", "correction"), _negated=True), ("entry_kind", "")),
                    _connector="OR",
                ),
                name="register_event_corrects_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    happened_on__gte=date(1900, 1, 1),
                    happened_on__lte=models.F("read_at") + timedelta(days=1),
                    recorded_at__gte=datetime(1900, 1, 1, tzinfo=UTC),
                    recorded_at__lte=models.F("read_at") + timedelta(days=1),
                ),
                name="register_event_in_our_time",
            ),
        ),
        migrations.CreateModel(
            name="StrangeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="in its page, from 0")),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("not_understood", "Not Understood"),
                            ("contradicts", "Contradicts"),
                        ],
                        max_length=14,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True, db_default="", default="")),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strange_events",
                        to="registers.feed",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strange_events",
                        to="registers.feedpage",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["page"],
                        name="strange_event_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("feed", "digest"), name="strange_event_once"),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["not_understood", "contradicts"])),
                        name="strange_event_why_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("note", ""), ("settled_at", None)),
                            models.Q(("note__regex", "\\S"), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="strange_event_settled_with_a_note",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="eventperson",
            constraint=models.UniqueConstraint(
                fields=("person_index", "event"), name="event_names_a_person_once"
            ),
        ),
        *(sql.run(sql.append_only(table), sql.append_only_reverse(table)) for table in APPEND_ONLY),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON registers_feed FROM guichet_application;"
            "INSERT INTO registers_feed (name) VALUES ('civil'), ('population'), ('criminal');",
            "GRANT DELETE ON registers_feed TO guichet_application;",
        ),
        migrations.RunSQL(
            (SQL / "0003_feed_pages.sql").read_text(),
            (SQL / "0003_feed_pages_reverse.sql").read_text(),
        ),
        migrations.RunSQL(
            (SQL / "0003_events.sql").read_text(), (SQL / "0003_events_reverse.sql").read_text()
        ),
        migrations.RunPython(index_entries, migrations.RunPython.noop),
    ]
