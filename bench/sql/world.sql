-- A rail by contract, twenty beneficiaries with what we owe them, the ledger's days.
INSERT INTO payments_rail (code, kind, provider, names, currency, by_contract, accounts)
VALUES ('bank-rw', 'bycontract', 'bank', '{"en": "Bank"}', 'RWF', true, '["RW0000000000000001"]');

INSERT INTO places_beneficiary (code, names, kind)
SELECT 'bench-' || n, '{"en": "Treasury"}', 'treasury' FROM generate_series(0, 19) n;

INSERT INTO payments_ledger_account (code, kind, role, currency, beneficiary_id)
SELECT 'payable:' || b.code || ':RWF', 'liability', 'payable', 'RWF', b.id
FROM places_beneficiary b WHERE b.code LIKE 'bench-%';

INSERT INTO payments_ledger_account (code, kind, role, currency, rail_id)
SELECT r.role || ':' || rail.code || ':RWF', r.kind, r.role, 'RWF', rail.id
FROM payments_rail rail
CROSS JOIN (
    VALUES ('clearing', 'asset'), ('suspense', 'liability'), ('charges', 'expense')
) r (role, kind)
WHERE rail.code = 'bank-rw';

INSERT INTO payments_ledger_day (day)
SELECT day::date FROM generate_series(
    now() - interval '3 days', now() + interval '40 days', interval '1 day'
) day;

SELECT payments_open_message_month((now() + month * interval '1 month')::date)
FROM generate_series(0, 3) month;

-- The thin floor: what any payment service must write at the least.
CREATE SCHEMA thin;
CREATE TABLE thin.bill (
    id bigint PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    amount_minor bigint NOT NULL,
    paid boolean NOT NULL DEFAULT false,
    issued_at timestamptz NOT NULL DEFAULT now(),
    paid_at timestamptz
);
CREATE TABLE thin.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider smallint NOT NULL,
    external_id text NOT NULL,
    bill_id bigint NOT NULL,
    amount_minor bigint NOT NULL,
    body jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, external_id)
);
CREATE TABLE thin.line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL,
    account_id int NOT NULL,
    amount_minor bigint NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON thin.line (event_id);
CREATE INDEX ON thin.line (account_id, posted_at);
CREATE TABLE thin.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    key bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
GRANT USAGE ON SCHEMA thin TO guichet_application;
GRANT ALL ON ALL TABLES IN SCHEMA thin TO guichet_application;
GRANT ALL ON ALL SEQUENCES IN SCHEMA thin TO guichet_application;
