"""The kinds of event of a log, in the order of their numbers, and how a story tells them."""

from __future__ import annotations

EVENT_KINDS: dict[str, str] = {
    "visit": "served",
    "automated": "passed by itself",
    "skip": "skipped, all was known",
    "loss": "fell between",
    "completed": "completed",
    "dropped": "lost",
}
"""What stands in the column ``kind`` of an event, and what it means to a customer."""
