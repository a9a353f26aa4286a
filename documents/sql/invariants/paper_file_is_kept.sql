-- Out: files of papers that are not kept, were erased, or with another size. Locks: none.
-- That the bytes still have that hash is asked of the disk at every reading.
SELECT f.paper_id, f.step, f.sha256, f.size, k.size_bytes
FROM documents_paperfile f
LEFT JOIN kernel_stored_file k ON k.sha256 = f.sha256
WHERE k.size_bytes IS DISTINCT FROM f.size OR k.erased_at IS NOT NULL
