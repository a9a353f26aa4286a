"""The trace is sealed: a chain of signed seals, one a minute."""

from pathlib import Path

from django.db import migrations

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
SEAL = "kernel_audit_seal"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(
            (SQL / "audit.sql").read_text(encoding="utf-8"),
            (SQL / "audit_reverse.sql").read_text(encoding="utf-8"),
        ),
        sql.run(sql.append_only(SEAL), sql.append_only_reverse(SEAL)),
    ]
