"""The outside world, played for development and tests. It knows nothing of Guichet's code."""
