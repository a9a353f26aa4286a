-- Out: series whose last number, highest number and number of papers are not one. Locks: none.
-- Numbers are unique in their series, so as many as the highest, from 1, leave no gap.
SELECT coalesce(s.office_id, p.office_id) AS office_id,
    coalesce(s.paper_type, p.paper_type) AS paper_type,
    coalesce(s.year, p.series_year) AS year,
    s.last, p.highest, p.papers
FROM documents_numberseries s
FULL JOIN (
    SELECT office_id, paper_type, series_year, max(series_no) AS highest, count(*) AS papers
    FROM documents_paper
    WHERE series_no IS NOT NULL
    GROUP BY office_id, paper_type, series_year
) p ON (p.office_id, p.paper_type, p.series_year) = (s.office_id, s.paper_type, s.year)
WHERE (s.last, s.last) IS DISTINCT FROM (p.highest, p.papers)
