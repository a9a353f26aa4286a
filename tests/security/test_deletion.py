"""What the application's own login cannot delete by raw SQL: whatever somebody answers for."""

import psycopg
import pytest

pytestmark = pytest.mark.django_db
KEPT = (
    "accounts_agent", "accounts_erasure", "accounts_grant", "accounts_guardianship",
    "accounts_invitation", "accounts_phonechange", "accounts_stepup", "applications_application",
    "applications_assistance", "applications_completionrequest",
    "applications_downtimesheet", "applications_handover", "applications_helpconsent",
    "applications_opening", "catalogue_servicedraft", "documents_credential", "documents_paper",
    "documents_paperact", "kernel_audit_entry", "payments_close", "payments_limit",
    "payments_statement", "payments_statement_line",
)  # fmt: skip


def test_the_application_deletes_nothing_that_somebody_answers_for(as_application):
    for table in KEPT:
        for wrong in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                as_application.execute(wrong)
            as_application.rollback()
