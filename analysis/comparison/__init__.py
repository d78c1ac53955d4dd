"""Org models beside one another: pairs, intervals, breakdowns, words."""
