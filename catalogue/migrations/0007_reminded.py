"""
Focal points are reminded, once for each step; and code calls remarks what people call them.

The tables of remarks keep their names: nothing that stands in them is moved.
"""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _to(model, *, related_name="+", **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model, **more
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_kept"), ("accounts", "0011_agents")]

    operations = [
        migrations.AlterModelTable(name="pagereport", table="catalogue_pagereport"),
        migrations.AlterModelTable(name="reportanswer", table="catalogue_reportanswer"),
        migrations.RenameModel(old_name="PageReport", new_name="Remark"),
        migrations.RenameModel(old_name="ReportAnswer", new_name="RemarkAnswer"),
        migrations.AlterField(
            model_name="remark",
            name="service",
            field=_to("catalogue.service", related_name="remarks"),
        ),
        migrations.AlterField(
            model_name="remarkanswer",
            name="report",
            field=models.OneToOneField(
                db_column="report_id",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer",
                to="catalogue.remark",
            ),
        ),
        migrations.RenameField(model_name="remarkanswer", old_name="report", new_name="remark"),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                _id(),
                ("account", _to(settings.AUTH_USER_MODEL)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["account", "day"], name="reminder_one_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderLine",
            fields=[
                _id(),
                ("reminder", _to("catalogue.reminder", related_name="lines")),
                ("account", _to(settings.AUTH_USER_MODEL)),
                ("service", _to("catalogue.service")),
                (
                    "step",
                    models.CharField(
                        choices=[("due", "Due"), ("soon", "Soon"), ("told", "Told")], max_length=4
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["account", "service", "since", "step"],
                        name="reminder_once_a_step",
                    ),
                    models.CheckConstraint(
                        condition=Q(step__in=["due", "soon", "told"]), name="reminder_step_known"
                    ),
                ],
            },
        ),
        *(
            sql.run(sql.append_only(table), sql.append_only_reverse(table))
            for table in ("catalogue_reminder", "catalogue_reminderline")
        ),
        sql.run(
            (SQL / "reminded.sql").read_text(encoding="utf-8"),
            (SQL / "reminded_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
