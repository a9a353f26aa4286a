"""Who looked at a case and why, questions about it, and cases opened outside one's right."""

import datetime
from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import kernel.crypto
from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
LOOK = "applications_look"


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0020_people"),
        ("places", "0002_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "seen",
                    models.CharField(
                        choices=[
                            ("case", "The whole case"),
                            ("line", "Your name in a search"),
                            ("paper", "Your paper"),
                            ("attachment", "A document that you gave"),
                            ("scan", "The page of the paper register"),
                            ("slip", "A letter about your case"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("deciding", "An officer who decides it, or may take it next"),
                            ("supervising", "A supervisor of the office"),
                            ("colleague", "Another officer who decides such cases there"),
                            ("counter", "An officer at the counter"),
                            ("helping", "Whoever applies with you"),
                            (
                                "break_glass",
                                "An officer without the usual right, who gave a reason",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("slot", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="applications.application",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.office",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LookQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", kernel.crypto.EncryptedTextField(default="")),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", kernel.crypto.EncryptedTextField(default="")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "look",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question",
                        to="applications.look",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason_code",
                    models.CharField(
                        choices=[
                            ("urgent", "The person is here and cannot wait"),
                            ("complaint", "A complaint is looked into"),
                            ("error", "Something went wrong, and has to be understood"),
                            ("court", "A court or the law asks for it"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", kernel.crypto.EncryptedTextField()),
                ("opened_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("accepted", models.BooleanField(null=True)),
                ("review_text", kernel.crypto.EncryptedTextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="applications.application",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.UniqueConstraint(
                fields=("application", "account", "seen", "why", "slot"), name="look_once_a_slot"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "why__in",
                        [
                            "deciding",
                            "supervising",
                            "colleague",
                            "counter",
                            "helping",
                            "break_glass",
                        ],
                    )
                ),
                name="look_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seen__in", ["case", "line", "paper", "attachment", "scan", "slip"])
                ),
                name="look_seen_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lookquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("answered_by", None)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="look_question_answered_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="opening",
            index=models.Index(
                condition=models.Q(("reviewed_at", None)),
                fields=["due_at", "id"],
                name="opening_to_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason_code__in", ["urgent", "complaint", "error", "court"])),
                name="opening_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "until_at",
                        django.db.models.expressions.CombinedExpression(
                            models.F("opened_at"),
                            "+",
                            models.Value(datetime.timedelta(seconds=1800)),
                        ),
                    )
                ),
                name="opening_half_an_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted", None), ("reviewed_at", None), ("reviewed_by", None)),
                    models.Q(
                        ("accepted__isnull", False),
                        ("reviewed_at__isnull", False),
                        ("reviewed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="opening_reviewed_by_somebody",
            ),
        ),
        sql.run(sql.append_only(LOOK), sql.append_only_reverse(LOOK)),
        migrations.RunSQL(
            (SQL / "reads.sql").read_text(encoding="utf-8"),
            (SQL / "reads_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
