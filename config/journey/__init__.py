"""One citizen's case, played against the running house through the faces that people use."""
