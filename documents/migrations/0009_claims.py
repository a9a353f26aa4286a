"""The signed facts of each paper's code, kept for good; and the newest of each public list."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).parent.parent / "sql"
TABLE = "documents_paperclaims"


class Migration(migrations.Migration):
    dependencies = [("documents", "0008_slips"), ("kernel", "0002_rules")]

    operations = [
        migrations.CreateModel(
            name="PaperClaims",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cose", models.BinaryField(help_text="COSE_Sign1 of CWT claims")),
                ("created_at", models.DateTimeField()),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.credential",
                    ),
                ),
                (
                    "paper",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="documents.paper",
                    ),
                ),
            ],
            options={"verbose_name_plural": "paper claims"},
        ),
        sql.run(sql.append_only(TABLE), sql.append_only_reverse(TABLE)),
        migrations.RunSQL(
            (SQL / "0009_claims.sql").read_text(), (SQL / "0009_claims_reverse.sql").read_text()
        ),
        migrations.CreateModel(
            name="PublicList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("trust", "Trust list"), ("status", "Status list")], max_length=6
                    ),
                ),
                ("number", models.PositiveIntegerField(default=0, help_text="of a status list")),
                ("body", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("changes", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind="trust", number=0) | Q(kind="status"),
                        name="public_list_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(body=None, made_at=None)
                        | Q(body__isnull=False, made_at__isnull=False),
                        name="public_list_has_its_time",
                    ),
                    models.UniqueConstraint(fields=["kind", "number"], name="public_list_once"),
                ],
            },
        ),
    ]
