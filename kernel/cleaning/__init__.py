"""
Reads a stranger's file in a process of its own that has nothing to lose (`python -m`).

It knows neither Django nor any secret; `kernel.uploads` is the house's side.
"""
