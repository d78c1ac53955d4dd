"""The arrays of one run."""
