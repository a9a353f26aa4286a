"""Files lie sealed under a key of their own, and an erased one has none."""

from pathlib import Path

from django.db import migrations, models

import kernel.crypto

SQL = Path(__file__).resolve().parent.parent / "sql"
HASH = r"^[0-9a-f]{64}$"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_audit")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="sealed_as",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="data_key",
            field=kernel.crypto.EncryptedTextField(null=True),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(data_key__isnull=True, sealed_as="")
                | models.Q(sealed_as__regex=HASH, data_key__isnull=False)
                | models.Q(sealed_as__regex=HASH, erased_at__isnull=False),
                name="sealed_file_has_its_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(data_key=None),
                name="erased_file_has_no_key",
            ),
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField()),
            ],
            options={"db_table": "kernel_retention_run"},
        ),
        migrations.RunSQL(
            (SQL / "stored_file.sql").read_text(), (SQL / "stored_file_reverse.sql").read_text()
        ),
    ]
