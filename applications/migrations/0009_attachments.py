"""What an applicant or an officer attached to a case."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"
CHECKS = {
    "waiting": "Not checked yet",
    "clean": "Checked",
    "harmful": "Harmful: it cannot be opened",
}


def _to(model, *, related_name="+", null=False, **more):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("kernel", "0001_initial"),
        ("applications", "0008_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=60)),
                ("pages", models.PositiveSmallIntegerField()),
                ("attached_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "check_state",
                    models.CharField(choices=list(CHECKS.items()), max_length=10),
                ),
                ("check_due_at", models.DateTimeField(null=True)),
                ("application", _to("applications.application", related_name="attachments")),
                ("file", _to("kernel.storedfile", db_column="sha256")),
                ("attached_by", _to(settings.AUTH_USER_MODEL)),
                ("removed_by", _to(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("removed_at", None), Q(("code", ""), _negated=True)),
                        fields=("application", "code"),
                        name="one_attachment_a_slot",
                    ),
                    models.CheckConstraint(
                        condition=Q(("pages__gte", 1), ("pages__lte", 50)),
                        name="attachment_pages_bounded",
                    ),
                    models.CheckConstraint(
                        condition=Q(("check_state__in", list(CHECKS))),
                        name="attachment_check_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("check_due_at__isnull", False), ("check_state", "waiting")),
                            Q(
                                Q(("check_state", "waiting"), _negated=True),
                                ("check_due_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="attachment_waits_until",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("removed_at", None), ("removed_by", None)),
                            Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="attachment_removed_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=Q(("check_state", "waiting")),
                        fields=["check_due_at", "id"],
                        name="attachment_to_check",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "attachments.sql").read_text(encoding="utf-8"),
            (SQL / "attachments_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
