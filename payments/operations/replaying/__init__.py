"""
The ledger made again from the raw messages, in an empty database, and laid beside ours.

What providers said, what statements showed, what bills were issued and what people decided is
played in the order in which it happened, through the product's own engine; what comes out must be
the same journals. `facts` reads what happened when, `stage` prepares the empty database, `acting`
plays, `books` compares.
"""
