DROP INDEX feed_page_to_forget;
GRANT DELETE ON registers_feedpage TO guichet_application;
DROP TRIGGER registers_feedpage_no_truncate ON registers_feedpage;
DROP TRIGGER registers_feedpage_guard ON registers_feedpage;
DROP FUNCTION registers_feedpage_guard();
