"""How each rail does against what it usually does."""
