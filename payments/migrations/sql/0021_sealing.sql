-- The record of a signed day, part by part, and the seal over it: payments/sealing.py says how they
-- read, and reads them again from the auditor's pack.
--
-- In: a row of payments_close, signed. Out: text. Locks: none.
--
-- The index is made before there is much money.
-- squawk-ignore-file require-concurrent-index-creation

-- Messages come in the order of their time; a day of them is found without reading their month.
CREATE INDEX message_by_time ON payments_inbound_message USING brin (received_at)
    WITH (pages_per_range = 16, autosummarize = on);

-- The next four stay free of SET, so that PostgreSQL writes them into the query that calls them;
-- they name nothing of ours.
CREATE FUNCTION payments_seal_instant(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(pg_catalog.to_char(
        moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '')
$$;

-- A text cannot end the field or the line that it stands in.
CREATE FUNCTION payments_seal_text(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
        coalesce(said, ''), '\', '\\'), E'\t', '\t'), E'\n', '\n')
$$;

-- As a spreadsheet's file holds it: what guards against formulas there adds apostrophes.
CREATE FUNCTION payments_seal_cell(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
        coalesce(said, ''), '''', ''), '\', '\\'), E'\t', '\t'), E'\n', '\n')
$$;

CREATE FUNCTION payments_seal_part(part text, entries bigint, lines text) RETURNS text
    LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.concat_ws(E'\t', part, entries, pg_catalog.encode(
        pg_catalog.sha256(pg_catalog.convert_to(coalesce(lines, ''), 'UTF8')), 'hex')) || E'\n'
$$;

CREATE FUNCTION payments_seal_journals(of_day date) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT payments_seal_part(
        'journals',
        count(*) FILTER (WHERE entry.line_no = 0),
        string_agg(entry.line, '' ORDER BY entry.journal_id, entry.line_no)
    )
    FROM (
        SELECT j.id AS journal_id, 0 AS line_no,
            concat_ws(E'\t', 'journal', j.id, j.kind, j.subject_id,
                payments_seal_instant(j.occurred_at), payments_seal_instant(j.posted_at),
                coalesce(j.reverses_id::text, '')) || E'\n' AS line
        FROM payments_journal j WHERE j.business_day = of_day
        UNION ALL
        SELECT p.journal_id, p.line_no::int,
            concat_ws(E'\t', 'line', p.journal_id, p.line_no, payments_seal_cell(a.code),
                p.currency, p.amount_minor) || E'\n'
        FROM payments_journal j
        JOIN payments_posting p ON p.journal_id = j.id
        JOIN payments_ledger_account a ON a.id = p.account_id
        WHERE j.business_day = of_day
    ) entry
$$;

CREATE FUNCTION payments_seal_movements(of_day date) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT payments_seal_part('movements', count(*), string_agg(
        concat_ws(E'\t', 'movement', m.id, j.id, r.code, m.leg, payments_seal_cell(m.external_id),
            m.currency, m.amount_minor, coalesce(m.original_id::text, ''),
            coalesce(m.refund_id::text, ''), payments_seal_instant(m.occurred_at),
            payments_seal_instant(m.first_heard_at)) || E'\n',
        '' ORDER BY j.id))
    FROM payments_journal j
    JOIN payments_movement m ON m.id = j.subject_id
        AND m.leg = CASE j.kind
            WHEN 'collection' THEN 'credit' WHEN 'remitted' THEN 'remittance' ELSE j.kind
        END
    JOIN payments_rail r ON r.id = m.rail_id
    WHERE j.business_day = of_day AND j.kind IN (
        'collection', 'reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal', 'remitted'
    )
$$;

-- What providers said on the day, each by the hash of its bytes.
CREATE FUNCTION payments_seal_messages(from_at timestamptz, till_at timestamptz) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT payments_seal_part('messages', count(*), string_agg(
        concat_ws(E'\t', 'message', i.id, payments_seal_instant(i.received_at),
            payments_seal_cell(i.rail_code), payments_seal_cell(i.kind), i.auth,
            encode(i.body_sha256, 'hex')) || E'\n',
        '' ORDER BY i.id))
    FROM payments_inbound_message i
    WHERE i.received_at >= from_at AND i.received_at < till_at
$$;

CREATE FUNCTION payments_seal_statements(from_at timestamptz, till_at timestamptz) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT payments_seal_part('statements', count(*), string_agg(
        concat_ws(E'\t', 'statement', f.id, payments_seal_instant(f.imported_at), f.bytes,
            encode(f.sha256, 'hex')) || E'\n',
        '' ORDER BY f.id))
    FROM payments_statement_file f
    WHERE f.imported_at >= from_at AND f.imported_at < till_at
$$;

CREATE FUNCTION payments_seal_totals(totals jsonb) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT payments_seal_part('totals', count(*), string_agg(
        concat_ws(E'\t', 'total', payments_seal_cell(t.one ->> 'account'), t.one ->> 'currency',
            t.one ->> 'debit_minor', t.one ->> 'credit_minor') || E'\n',
        '' ORDER BY t.place))
    FROM jsonb_array_elements(totals) WITH ORDINALITY t (one, place)
$$;

CREATE FUNCTION payments_seal_differences(differences jsonb) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT payments_seal_part('differences', count(*), string_agg(
        concat_ws(E'\t', 'difference', d.one ->> 'id', d.one ->> 'day_found',
            payments_seal_cell(d.one ->> 'rail'), d.one ->> 'kind',
            payments_seal_cell(d.one ->> 'subject'), d.one ->> 'currency',
            d.one ->> 'amount_minor', d.one ->> 'owner', payments_seal_cell(d.one ->> 'owner_name'),
            d.one ->> 'opened_at', payments_seal_cell(d.one ->> 'note'),
            coalesce(d.one ->> 'settled_at', ''), coalesce(d.one ->> 'settled_by', ''),
            payments_seal_cell(d.one ->> 'settled_by_name'),
            payments_seal_cell(d.one ->> 'settled_note')) || E'\n',
        '' ORDER BY d.place))
    FROM jsonb_array_elements(differences) WITH ORDINALITY d (one, place)
$$;

CREATE FUNCTION payments_record_of(c payments_close) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT 'guichet-close 2' || E'\n'
        || concat_ws(E'\t', 'day', to_char(c.day, 'YYYY-MM-DD')) || E'\n'
        || concat_ws(E'\t', 'zone', c.zone) || E'\n'
        || concat_ws(E'\t', 'previous', coalesce(encode(c.previous_sha256, 'hex'), '-')) || E'\n'
        || concat_ws(E'\t', 'prepared', c.prepared_by_id, payments_seal_instant(c.prepared_at),
            payments_seal_text(payments_name_of(c.prepared_by_id))) || E'\n'
        || concat_ws(E'\t', 'signed', c.signed_by_id, payments_seal_instant(c.signed_at),
            payments_seal_text(payments_name_of(c.signed_by_id))) || E'\n'
        || concat_ws(E'\t', 'sealed', payments_seal_instant(c.sealed_at)) || E'\n'
        || payments_seal_journals(c.day)
        || payments_seal_movements(c.day)
        || payments_seal_messages(
            c.day::timestamp AT TIME ZONE c.zone, (c.day + 1)::timestamp AT TIME ZONE c.zone)
        || payments_seal_statements(
            c.day::timestamp AT TIME ZONE c.zone, (c.day + 1)::timestamp AT TIME ZONE c.zone)
        || payments_seal_totals(c.totals)
        || payments_seal_differences(c.differences)
$$;

-- The seal: over the record, and over the summary that was drawn of it.
CREATE FUNCTION payments_seal_of(record text, summary bytea) RETURNS bytea LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT sha256(convert_to(
        record || concat_ws(
            E'\t', 'summary', octet_length(summary), encode(sha256(summary), 'hex')
        ) || E'\n', 'UTF8'))
$$;
