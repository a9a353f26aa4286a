"""A message may go by email too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_message_rules")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[("sms", "Sms"), ("email", "Email")], default="sms", max_length=10
            ),
        ),
    ]
