"""An officer takes back an order to sign: what no key has signed yet stays as it is."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "documents_mandatewithdrawal"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("documents", "0009_claims"),
    ]

    operations = [
        migrations.CreateModel(
            name="MandateWithdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mandate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="documents.mandate",
                    ),
                ),
            ],
        ),
        sql.run(sql.append_only(TABLE), sql.append_only_reverse(TABLE)),
        migrations.RunSQL(
            (SQL / "0010_withdrawn_orders.sql").read_text(encoding="utf-8"),
            (SQL / "0010_withdrawn_orders_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
