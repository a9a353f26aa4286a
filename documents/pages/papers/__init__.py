"""The office's papers at the desk: found, read, and asked or decided about by two people."""
