"""A firm derived from its own log: enterprise, study and how well the two repeat the log."""
