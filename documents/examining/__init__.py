"""
A stranger's file, read by pyHanko in a process of its own that has nothing to lose.

`asking` is the house's side; `__main__`, `child` and `examination` run on the other and know
neither Django nor any secret.
"""
