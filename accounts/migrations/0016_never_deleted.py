"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_trust"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        sql.never_deleted(
            "accounts_absence",
            "accounts_account",
            "accounts_contactpoint",
            "accounts_person",
            # Django's own: filled by migrations, and the admin deletes nothing.
            "auth_group",
            "auth_group_permissions",
            "auth_permission",
            "django_admin_log",
            "django_content_type",
            "django_migrations",
        ),
    ]
