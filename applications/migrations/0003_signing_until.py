from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_rules")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="signing_until",
            field=models.DateTimeField(null=True),
        ),
    ]
