"""Rows of the enterprise's arrays: what is kept of a touchpoint, branch, journey and segment."""

from __future__ import annotations

import numpy as np

TOUCHPOINT = np.dtype(
    [
        ("hours", "f8"),  # mean work
        ("spread", "f8"),  # of work, see ``sim.engine.philox.duration``
        ("log_odds", "f8"),  # of an error, minus infinity for none
        ("latent", "f8"),  # chance of a latent fault without care
        ("reply_hours", "f8"),
        ("reply_spread", "f8"),
        ("reply_limit", "f8"),
        ("requires", "i8"),
        ("produces", "i8"),
        ("siblings", "i8"),  # touchpoints of this journey owned by the same function
        ("counter", "i8"),  # for draws
        ("reader", "i8"),  # its owner's counter for draws, 0 for nobody
        ("elsewhere", "i8"),  # facts that steps of other owners ask for or establish
        ("owner", "i4"),  # function, -1 for nobody
        ("live", "i4"),
        ("automated", "i4"),
        ("mandatory", "i4"),
        ("shareable", "i4"),
        ("per_unit", "i4"),  # 1 if each unit has its own, one behind the other
        ("journey", "i4"),
        ("stake", "f8"),  # margin that may be conceded in a negotiation, 0 if there is none
        ("rounds", "i4"),  # of offers in a negotiation, 0 if there is none
        ("local", "i8"),  # position within the journey
        ("first_branch", "i4"),
        ("reply_exit", "i4"),
    ],
    align=True,
)
BRANCH = np.dtype([("up_to", "f8"), ("target", "i4"), ("exit", "i4")], align=True)
JOURNEY = np.dtype(
    [
        ("opt_in_odds", "f8"),  # of a customer at base standing letting the firm start it, -1: all
        ("start", "i4"),
        ("recontact", "i4"),
        ("joins", "i4"),
        ("renews", "i4"),
    ],
    align=True,
)
SEGMENT = np.dtype(
    [
        ("patience", "f8"),
        ("tolerance", "f8"),
        ("voice", "f8"),
        ("price_sensitivity", "f8"),
        ("margin", "f8"),  # of a year, before staff cost
    ],
    align=True,
)
