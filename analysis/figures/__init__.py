"""One file a figure, drawn from tables."""
