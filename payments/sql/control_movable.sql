-- Out: one row: what a rail's account holds and no outstanding order is to move yet.
-- In:  rail_id, currency. Locks: none. Read from the sums of the ledger.
SELECT payments_movable_minor(%(rail_id)s, %(currency)s)
