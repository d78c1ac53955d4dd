"""Flaws, signals, issues and decisions about them."""
