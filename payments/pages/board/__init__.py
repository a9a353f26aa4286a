"""The board: today by rail and by beneficiary, and the way from any figure to its bytes."""
