"""A real event log: reading it, deriving from it, judging the fit."""
