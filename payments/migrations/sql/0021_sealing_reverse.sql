DROP FUNCTION payments_seal_of(text, bytea), payments_record_of(payments_close),
    payments_seal_differences(jsonb), payments_seal_totals(jsonb),
    payments_seal_statements(timestamptz, timestamptz),
    payments_seal_messages(timestamptz, timestamptz), payments_seal_movements(date),
    payments_seal_journals(date), payments_seal_part(text, bigint, text), payments_seal_cell(text),
    payments_seal_text(text), payments_seal_instant(timestamptz);
DROP INDEX message_by_time;
