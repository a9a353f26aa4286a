"""
The peer: django-hordak doing what a payment needs, in the way its own documents show.

One Django view behind the same server and the same signature: the event is kept, the bill locked,
a balanced transaction with two legs written, the bill marked, the outbox told; all in one
transaction, answered after its commit.
"""
