"""One file a figure, drawn from tables."""

from analysis.figures.quiet_import import load_matplotlib

load_matplotlib()  # before any module of this room needs it
