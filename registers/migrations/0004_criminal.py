"""A third register: what courts have entered about a person."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("registers", "0003_events")]

    operations = [
        migrations.RunSQL(
            (SQL / "0004_criminal.sql").read_text(),
            (SQL / "0004_criminal_reverse.sql").read_text(),
            state_operations=[
                migrations.AlterField(
                    model_name="citedentry",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("birth", "Birth"),
                            ("marriage", "Marriage"),
                            ("population", "Population"),
                            ("criminal", "Criminal"),
                        ],
                        max_length=20,
                    ),
                ),
                migrations.RemoveConstraint(model_name="citedentry", name="cited_entry_kind_known"),
                migrations.AddConstraint(
                    model_name="citedentry",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            kind__in=["birth", "marriage", "population", "criminal"]
                        ),
                        name="cited_entry_kind_known",
                    ),
                ),
                migrations.RemoveConstraint(
                    model_name="citedentry", name="cited_entry_act_has_its_place"
                ),
                migrations.AddConstraint(
                    model_name="citedentry",
                    constraint=models.CheckConstraint(
                        condition=models.Q(kind__in=["population", "criminal"])
                        | (
                            models.Q(year__isnull=False, registered_on__isnull=False)
                            & ~models.Q(act_number="")
                        ),
                        name="cited_entry_act_has_its_place",
                    ),
                ),
            ],
        ),
    ]
