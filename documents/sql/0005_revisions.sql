-- Numbers the files that there are, in the order in which they were made.
-- In: documents_paperfile. Out: its revision, previous_size and pades_level.
-- Locks: the whole table, while its trigger against changes is off.
ALTER TABLE documents_paperfile DISABLE TRIGGER documents_paperfile_append_only;
UPDATE documents_paperfile f
SET revision = numbered.revision, previous_size = numbered.previous_size,
    pades_level = CASE f.step WHEN 'rendered' THEN '' ELSE 'B-B' END
FROM (
    SELECT id, row_number() OVER made AS revision, coalesce(lag(size) OVER made, 0) AS previous_size
    FROM documents_paperfile
    WINDOW made AS (PARTITION BY paper_id ORDER BY id)
) numbered
WHERE numbered.id = f.id;
ALTER TABLE documents_paperfile ENABLE TRIGGER documents_paperfile_append_only;
