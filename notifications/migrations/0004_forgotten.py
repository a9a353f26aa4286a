"""Which messages still say something is found without reading all that were ever sent."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # A country sends millions: nobody waits while the index is made.
    atomic = False
    dependencies = [("notifications", "0003_email")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                name="message_still_says",
                fields=["queued_at"],
                condition=models.Q(body__isnull=False),
            ),
        ),
    ]
