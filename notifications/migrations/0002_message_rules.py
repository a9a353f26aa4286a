"""The life of a message and the trace of its tries, kept by PostgreSQL too."""

from django.db import migrations

from kernel import sql

LIFECYCLE = "notifications.message"

EDGES = [
    ("QUEUED", "SENDING"),
    ("QUEUED", "FAILED"),
    ("SENDING", "SENT"),
    ("SENDING", "QUEUED"),
    ("SENDING", "FAILED"),
    ("SENDING", "UNKNOWN"),
    ("SENDING", "DELIVERED"),
    ("UNKNOWN", "SENT"),
    ("UNKNOWN", "DELIVERED"),
    ("UNKNOWN", "FAILED"),
    ("SENT", "DELIVERED"),
    ("SENT", "FAILED"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        sql.run(sql.edges(LIFECYCLE, EDGES), sql.edges_reverse(LIFECYCLE, EDGES)),
        sql.run(
            sql.guard_status("notifications_message", "state", LIFECYCLE),
            sql.guard_status_reverse("notifications_message", "state", LIFECYCLE),
        ),
        sql.run(
            sql.keep_history("notifications_message", "state", LIFECYCLE),
            sql.keep_history_reverse("notifications_message", "state", LIFECYCLE),
        ),
        sql.run(
            sql.append_only("notifications_attempt"),
            sql.append_only_reverse("notifications_attempt"),
        ),
        sql.run(
            sql.append_only("notifications_receipt"),
            sql.append_only_reverse("notifications_receipt"),
        ),
    ]
