"""Answers made up as other commands leave them beside a comparison."""

from __future__ import annotations

from typing import Any

WORLDS_TOLD: dict[str, Any] = {
    "worlds": 40,
    "answer": "Central team wins on net value in 40 worlds",
    "title": "one kind of firm",
    "headline": "net_value",
    "winner": "org1",
    "among": [],
    "baseline": "org0",
    "labels": {"org0": "Silos", "org1": "Central team"},
    "conditional_on": ["observation"],
    "maps": [{"answer": "Central team is best in 7 of 9 boxes"}],
    "would_change": {"flips": "It flips where errors are rare.", "emulator": {"predicted": 0.61}},
    "org_models": [
        {
            "ensemble": "", "org_model": org, "difference": gap, "low": gap, "high": gap,
            "probability_best": share, "expected_regret": 1.0, "maximum_regret": None,
        }
        for org, gap, share in (("org0", 0.0, 0.2), ("org1", 5.0, 0.8))
    ],
}  # fmt: skip
LEVERS_TOLD: dict[str, Any] = {
    "answer": "Of 5.0 more net value most is owed to roles",
    "measure": "net_value",
    "worlds_counted": 8,
    "worlds_are": "",
    "labels": ["Silos", "Central team"],
    "difference": {"mean": 5.0, "low": 4.0, "high": 6.0},
    "groups": [
        {"group": "roles", "term": 6.0, "low": 5.0, "high": 7.0},
        {"group": "shared record", "term": -1.0, "low": -2.0, "high": 0.0},
        {"group": "remit", "term": 0.0, "low": 0.0, "high": 0.0},
    ],
}
SIZES_TOLD: dict[str, Any] = {
    "answer": "Central team leads at every size",
    "sizes": [
        {
            "employees": number,
            "lead": {
                "order": ["org1", "org0"],
                "not_clearly_behind": ["org0"],
                "sentence": "Central team is 5.0 above Silos",
            },
        }
        for number in (30, 1000)
    ],
    "comparison": [
        {"asked": number, "org_model": org, "measure": "net_value", "difference": gap}
        for number, gaps in ((30, (0.0, 5.0)), (1000, (0.0, -2.0)))
        for org, gap in zip(("org0", "org1"), gaps, strict=True)
    ],
}
STORY_TOLD: dict[str, Any] = {
    "study": "made up",
    "customer": 7,
    "kind": {"first": "left", "second": "stayed"},
    "chosen": "the typical one of this kind",
    "finding": "Customer 7 left under Silos and stayed under Central team",
    "org_models": [],
    "how_common": {},
    "others": [{"finding": "Customer 9 stayed under Silos and left under Central team"}],
}
