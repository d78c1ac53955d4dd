"""YAML to a study, or to all its mistakes."""
