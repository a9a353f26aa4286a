"""What the application's own login may delete, each with its reason; all else it must keep."""

import psycopg
import pytest
from psycopg import sql

pytestmark = pytest.mark.django_db

OLD = "its term ends, and the nightly job deletes it"
LOADED = "a pack that is loaded anew replaces it, or it is counted anew"
HERS = "whoever made it for herself may take it back"
WAITING = "what waits goes when it is done; what became of it stands elsewhere"
DELETABLE = {
    "accounts_budget": OLD,
    "accounts_codetraffic": OLD,
    "accounts_incomingtext": OLD,
    "accounts_onetimecode": OLD,
    "accounts_passkeychallenge": OLD,
    "accounts_personcontact": "it leads to somebody who was forgotten",
    "accounts_visit": OLD,
    "accounts_workingweek": HERS,
    "applications_call": OLD,
    "applications_dataexport": OLD,
    "applications_deskact": OLD,
    "applications_savedview": HERS,
    "applications_unsentanswers": WAITING,
    "catalogue_directory": LOADED,
    "catalogue_measuredtime": LOADED,
    "catalogue_missedsearch": OLD,
    "catalogue_need": LOADED,
    "catalogue_needservice": LOADED,
    "catalogue_question": LOADED,
    "catalogue_reference": LOADED,
    "catalogue_searchentry": LOADED,
    "catalogue_searchword": LOADED,
    "catalogue_term": LOADED,
    "django_session": OLD,
    "documents_look": OLD,
    "payments_inbox": WAITING,
    "payments_refused_message": OLD,
    "payments_remittance_line": "a batch that came to nothing gives its lines back",
    "payments_unposted_line": WAITING,
    "payments_unremitted": WAITING,
    "places_areachange": LOADED,
    "registers_family": "the register's answer that it was kept from was forgotten",
    "registers_relative": "the register does not name her any more",
    "reports_export": OLD,
}


def test_the_application_deletes_nothing_that_has_no_reason_to_go(as_application):
    found = as_application.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'DELETE')"
    )
    assert {name for (name,) in found} == set(DELETABLE)


def test_no_table_is_emptied_by_the_application_and_what_is_kept_is_not_deleted(as_application):
    tables = [
        name
        for (name,) in as_application.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p')"
        )
    ]
    assert len(tables) > 200
    for table in tables:
        wrong = ["TRUNCATE {}"] + ["DELETE FROM {}"] * (table not in DELETABLE)
        for each in wrong:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                as_application.execute(sql.SQL(each).format(sql.Identifier(table)))
            as_application.rollback()
