"""The same rules as a plain object-oriented Mesa model, to measure the engine against.

One ordinary Mesa agent a customer and one a function's desk, one Python object a case,
queues as deques, servers as heaps and a calendar of one bucket a tick, so that only
customers and cases with something to do are visited. Draws are the engine's own,
compiled, with the same keys and counters; the weekly management is the same code. Every
tally therefore equals the engine's, and the difference is what the days cost.
"""
