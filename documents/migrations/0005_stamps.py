"""Time stamps and long-term validation: each revision of a file is a row."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parent.parent / "sql"

STEPS = [
    ("rendered", "Drawn"),
    ("signed", "Signed by the officer"),
    ("sealed", "Sealed by the office"),
    ("stamped", "Stamped with the time afterwards"),
    ("augmented", "Given what proves it in the long term"),
    ("refreshed", "Stamped anew before the last stamp ends"),
]
LEVELS = [
    ("", "Not signed"),
    ("B-B", "Signed"),
    ("B-T", "Stamped with the time"),
    ("B-LTA", "With what proves it, stamped"),
]


def _check(name: str, condition: Q) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        "paperfile", models.CheckConstraint(condition=condition, name=name)
    )


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_life")]

    operations = [
        migrations.RunSQL(
            (SQL / "0005_step.sql").read_text(), (SQL / "0005_step_reverse.sql").read_text()
        ),
        migrations.RemoveConstraint("paperfile", "paper_file_once_a_step"),
        migrations.RemoveConstraint("paperfile", "paper_file_step_known"),
        migrations.RemoveConstraint("paperfile", "paper_file_names_what_signed_it"),
        migrations.AlterField("paperfile", "step", models.CharField(choices=STEPS, max_length=9)),
        migrations.AddField(
            "paperfile",
            "revision",
            models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            "paperfile",
            "previous_size",
            models.PositiveIntegerField(
                default=0, help_text="bytes of the revision before; 0: none"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "paperfile",
            "pades_level",
            models.CharField(blank=True, choices=LEVELS, default="", max_length=5),
            preserve_default=False,
        ),
        migrations.AddField("paperfile", "stamped_at", models.DateTimeField(null=True)),
        migrations.AddField("paperfile", "stamp_until", models.DateTimeField(null=True)),
        migrations.RunSQL(
            (SQL / "0005_revisions.sql").read_text(),
            (SQL / "0005_revisions_reverse.sql").read_text(),
        ),
        migrations.AddConstraint(
            "paperfile",
            models.UniqueConstraint(fields=["paper", "revision"], name="paper_file_revision_once"),
        ),
        migrations.AddConstraint(
            "paperfile",
            models.UniqueConstraint(
                fields=["paper", "step"],
                condition=Q(step__in=("rendered", "signed", "sealed")),
                name="paper_file_once_a_step",
            ),
        ),
        _check("paper_file_revisions_begin_at_one", Q(revision__gte=1)),
        _check("paper_file_step_known", Q(step__in=[step for step, _ in STEPS])),
        _check(
            "paper_file_names_what_signed_it",
            Q(step__in=("signed", "sealed"), credential__isnull=False)
            | Q(~Q(step__in=("signed", "sealed")), credential=None),
        ),
        _check(
            "paper_file_level_of_its_step",
            Q(step="rendered", pades_level="")
            | Q(step__in=("signed", "sealed"), pades_level__in=("B-B", "B-T"))
            | Q(step="stamped", pades_level="B-T")
            | Q(step__in=("augmented", "refreshed"), pades_level="B-LTA"),
        ),
        _check(
            "paper_file_level_by_its_stamp",
            Q(pades_level__in=("", "B-B"), stamped_at=None, stamp_until=None)
            | Q(
                ~Q(pades_level__in=("", "B-B")),
                stamped_at__isnull=False,
                stamp_until__gt=F("stamped_at"),
            ),
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "paper",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="proof",
                        serialize=False,
                        to="documents.paper",
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField()),
                ("pades_level", models.CharField(choices=LEVELS, max_length=5)),
                ("stamped_at", models.DateTimeField(null=True)),
                ("stamp_until", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(pades_level="B-B"),
                        fields=["lease_until", "paper"],
                        name="proof_to_stamp",
                    ),
                    models.Index(
                        condition=Q(pades_level="B-T"),
                        fields=["lease_until", "stamped_at"],
                        name="proof_to_augment",
                    ),
                    models.Index(
                        condition=Q(pades_level="B-LTA"),
                        fields=["lease_until", "stamp_until"],
                        name="proof_to_refresh",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "0005_stamps.sql").read_text(), (SQL / "0005_stamps_reverse.sql").read_text()
        ),
    ]
