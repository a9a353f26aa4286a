""" "I paid, find my money": for citizens, and at the desk."""
