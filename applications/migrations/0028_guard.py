"""How often a case is opened outside a right; a name in a list is a look as one in a search is."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0027_hands")]

    operations = [
        migrations.AlterField(
            model_name="look",
            name="seen",
            field=models.CharField(
                choices=[
                    ("case", "The whole case"),
                    ("line", "Your name in a list"),
                    ("paper", "Your paper"),
                    ("attachment", "A document that you gave"),
                    ("scan", "The page of the paper register"),
                    ("slip", "A letter about your case"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunSQL(
            (SQL / "openings.sql").read_text(encoding="utf-8"),
            (SQL / "openings_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
