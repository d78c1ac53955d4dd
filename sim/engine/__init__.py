"""How rules are compiled and luck is drawn."""
