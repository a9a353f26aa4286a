"""
Spending control: what may leave, how much of it, and what is done when something else left.

`explaining` says by two people what a debit was, `limits` holds approvals within what two people
or the pack have set, `sweeping` names where a rail's balance may go, `moving` empties a retired
rail there, `looking` rings for what should not be, `arriving` for what does not come where it
should.
"""
