"""Mesa agents that live in columns; knows nothing of this model."""
