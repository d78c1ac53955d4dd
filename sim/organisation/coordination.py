"""The coordinating roles, a row each: what their heads are counted per, and whom they meet.

A role is a lever under ``staffing``. Its people come out of the line; what falls short of a
whole person is a side duty of somebody there (rule M10).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Per(Enum):
    """What the heads of a role are given per, and so where its people work."""

    FIRM = "per 100 heads of the firm"
    FUNCTION = "in each function"
    JOURNEY = "for each journey"
    CUSTOMERS = "for so many customers of a segment"


class Meets(Enum):
    """Which functions the people of a role meet, an hour each way."""

    EVERYBODY = "every function"
    ITS_OWN = "the function or the journey's functions it works for"
    NOBODY = "none: it sits with its data"


@dataclass(frozen=True)
class Role:
    """A coordinating role.

    Attributes
    ----------
    name : str
        Its lever under ``staffing``.
    per : Per
        What its heads are given per.
    meets : Meets
        Whose time it takes to be coordinated.
    accountable_as : str
        What ``ownership.journeys`` calls it, if it can be accountable for a journey.
    """

    name: str
    per: Per
    meets: Meets
    accountable_as: str = ""


CX_TEAM = Role("cx_team", Per.FIRM, Meets.EVERYBODY, accountable_as="cx_team")
LIAISON = Role("liaison", Per.FIRM, Meets.EVERYBODY)
INSIGHT = Role("insight", Per.FIRM, Meets.NOBODY)
GOVERNANCE = Role("governance", Per.FIRM, Meets.EVERYBODY)
TRUST_OFFICE = Role("trust_office", Per.FIRM, Meets.EVERYBODY)
ACCOUNT_OWNERS = Role("account_owners", Per.CUSTOMERS, Meets.EVERYBODY)
EMBEDDED_LEADS = Role("embedded_leads", Per.FUNCTION, Meets.ITS_OWN)
JOURNEY_OWNERS = Role("journey_owners", Per.JOURNEY, Meets.ITS_OWN, accountable_as="journey_owner")

ROLES = (
    CX_TEAM,
    LIAISON,
    INSIGHT,
    GOVERNANCE,
    TRUST_OFFICE,
    ACCOUNT_OWNERS,
    EMBEDDED_LEADS,
    JOURNEY_OWNERS,
)
FIRM_WIDE = tuple(role for role in ROLES if role.per in (Per.FIRM, Per.CUSTOMERS))
"""Roles that work for the whole firm."""
ACCOUNTABLE = {role.accountable_as: role for role in ROLES if role.accountable_as}
"""Who can be accountable for a journey, by what ``ownership.journeys`` calls it."""
