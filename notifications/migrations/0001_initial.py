import uuid

import django.db.models.deletion
from django.db import migrations, models

import kernel.crypto


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "channel",
                    models.CharField(choices=[("sms", "Sms")], default="sms", max_length=10),
                ),
                ("language", models.CharField(max_length=12)),
                ("template", models.CharField(max_length=40)),
                ("body", kernel.crypto.EncryptedTextField(null=True)),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Queued"),
                            ("SENDING", "Sending"),
                            ("SENT", "Sent"),
                            ("DELIVERED", "Delivered"),
                            ("FAILED", "Failed"),
                            ("UNKNOWN", "Unknown"),
                        ],
                        default="QUEUED",
                        max_length=12,
                    ),
                ),
                ("queued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("worthless_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("inquiries", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("provider_id", models.CharField(blank=True, max_length=80)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.contactpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(state__in=["QUEUED", "UNKNOWN"]),
                        fields=["due_at", "id"],
                        name="message_due",
                    ),
                    models.Index(
                        condition=models.Q(state="SENDING"),
                        fields=["lease_until"],
                        name="message_leased",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="QUEUED") | models.Q(body__isnull=False),
                        name="message_waiting_has_body",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="SENDING") | models.Q(lease_until__isnull=False),
                        name="message_sending_is_leased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("not_sent", "Not Sent"),
                            ("failed", "Failed"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempt_rows",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(outcome="sending"),
                        fields=["message", "number"],
                        name="attempt_starts_once",
                    ),
                    models.UniqueConstraint(
                        condition=~models.Q(outcome="sending"),
                        fields=["message", "number"],
                        name="attempt_ends_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("unheard", "Unheard"),
                        ],
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="notifications.message",
                    ),
                ),
            ],
        ),
    ]
