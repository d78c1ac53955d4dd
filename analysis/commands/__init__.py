"""The commands: each module answers one, by a function ``execute(options) -> exit code``."""
