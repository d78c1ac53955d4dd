"""Is the engine right, is the study sensible."""
