-- Out: the rails whose statements reach a day. In: day. Locks: none.
SELECT s.rail_id FROM payments_rails_stated(%(day)s::date) s
