"""A working day, compiled: the order of it, and one file a rule."""
