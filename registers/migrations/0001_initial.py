import django.db.models.deletion
from django.db import migrations, models

import kernel.crypto


class Migration(migrations.Migration):
    initial = True

    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CitedEntry",
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
                        choices=[
                            ("birth", "Birth"),
                            ("marriage", "Marriage"),
                            ("population", "Population"),
                        ],
                        max_length=20,
                    ),
                ),
                ("office_code", models.CharField(blank=True, max_length=40)),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("volume", models.CharField(blank=True, max_length=40)),
                ("act_number", models.CharField(blank=True, max_length=40)),
                ("registered_on", models.DateField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("gateway", "Gateway"),
                            ("paper", "Paper"),
                            ("population", "Population"),
                        ],
                        max_length=20,
                    ),
                ),
                ("facts", models.JSONField()),
                ("facts_sha256", models.CharField(max_length=64)),
                ("national_ids", kernel.crypto.EncryptedTextField()),
                ("cited_at", models.DateTimeField()),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.office",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "cited entries",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["birth", "marriage", "population"]),
                        name="cited_entry_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(source__in=["gateway", "paper", "population"]),
                        name="cited_entry_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(kind="population")
                        | (
                            models.Q(year__isnull=False, registered_on__isnull=False)
                            & ~models.Q(act_number="")
                        ),
                        name="cited_entry_act_has_its_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(facts_sha256__regex=r"^[0-9a-f]{64}$"),
                        name="cited_entry_facts_hashed",
                    ),
                ],
            },
        ),
    ]
