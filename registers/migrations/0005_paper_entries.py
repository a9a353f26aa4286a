"""Entries copied from paper registers, each with the scan that a second officer looks at."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("registers", "0004_criminal"), ("kernel", "0002_rules")]

    operations = [
        migrations.CreateModel(
            name="PaperEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="on_paper",
                        to="registers.citedentry",
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        db_column="scan_sha256",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.storedfile",
                    ),
                ),
                ("read_by", models.BigIntegerField(help_text="the account that read it")),
                ("read_at", models.DateTimeField()),
            ],
            options={"verbose_name_plural": "paper entries"},
        ),
        sql.run(
            sql.append_only("registers_paperentry"),
            sql.append_only_reverse("registers_paperentry"),
        ),
        migrations.RunSQL(
            (SQL / "0005_paper_entries.sql").read_text(encoding="utf-8"),
            (SQL / "0005_paper_entries_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
