"""Working time: the clock counts working hours, and a day, a week, a month have so many.

A day has eight hours, a week five days, a year 52 weeks; a month is a twelfth of a year.
"""

from __future__ import annotations

import math

HOURS_PER_DAY = 8.0
DAYS_PER_WEEK = 5
HOURS_PER_WEEK = HOURS_PER_DAY * DAYS_PER_WEEK
WEEKS_PER_YEAR = 52.0
DAYS_PER_YEAR = DAYS_PER_WEEK * WEEKS_PER_YEAR
HOURS_PER_YEAR = HOURS_PER_DAY * DAYS_PER_YEAR
DAYS_PER_MONTH = DAYS_PER_YEAR / 12.0
HOURS_PER_MONTH = DAYS_PER_MONTH * HOURS_PER_DAY
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12.0
WEEKS_PER_QUARTER = 13

NEVER = math.inf
"""Hour of what does not happen."""
