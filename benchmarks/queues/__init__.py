"""One queueing network, written for the engine, for SimPy and for Ciw."""
