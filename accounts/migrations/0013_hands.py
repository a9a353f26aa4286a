"""Two people are two pairs of hands; a removed passkey may be added again."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_erasure")]

    operations = [
        migrations.AlterField(
            model_name="passkey",
            name="credential_id",
            field=models.BinaryField(max_length=1023),
        ),
        migrations.AddConstraint(
            model_name="passkey",
            constraint=models.UniqueConstraint(
                condition=Q(removed_at=None), fields=("credential_id",), name="passkey_once"
            ),
        ),
        migrations.RunSQL(
            (SQL / "hands.sql").read_text(encoding="utf-8"),
            (SQL / "hands_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
