-- Writes anew which words the entries of the search hold, and how many hold each.
--
-- In:  catalogue_searchentry
-- Out: catalogue_searchword
-- Locks: the rows of catalogue_searchword; the caller holds the lock of the index
DELETE FROM catalogue_searchword;
INSERT INTO catalogue_searchword (word, entries)
SELECT word, ndoc FROM ts_stat('SELECT words FROM catalogue_searchentry');
