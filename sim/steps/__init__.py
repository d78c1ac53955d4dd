"""A working day, one file a rule. Steps never import each other; the pipeline calls them."""
