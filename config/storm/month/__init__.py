"""
A month of money, played in minutes: payers and providers by seed, and a finance staff that repairs.

`plan` says who pays what and what goes wrong; `outside` keeps the providers' own books and writes
their messages and statements; `staff` does what two people at the finance desk do each morning.
"""
