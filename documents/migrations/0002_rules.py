from pathlib import Path

from django.db import migrations

from kernel import sql

SQL = Path(__file__).parent.parent / "sql"

EDGES = [
    ("REQUESTED", "RENDERED"),
    ("RENDERED", "SIGNED"),
    ("SIGNED", "ISSUED"),
    ("RENDERED", "ISSUED"),
]
APPEND_ONLY = [
    "documents_paperchange",
    "documents_paperfile",
    "documents_mandate",
    "documents_mandateitem",
]


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        *(sql.run(sql.append_only(table), sql.append_only_reverse(table)) for table in APPEND_ONLY),
        sql.run(sql.edges("documents.paper", EDGES), sql.edges_reverse("documents.paper", EDGES)),
        sql.run(
            sql.guard_status("documents_paper", "state", "documents.paper"),
            sql.guard_status_reverse("documents_paper", "state", "documents.paper"),
        ),
        migrations.RunSQL(
            (SQL / "0002_rules.sql").read_text(), (SQL / "0002_rules_reverse.sql").read_text()
        ),
    ]
