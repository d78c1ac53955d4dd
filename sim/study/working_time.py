"""Working time: the clock counts working hours, and a day, a week, a month have so many.

A day has eight hours, a week five days, a year 52 weeks; a month is a twelfth of a year. Where an
enterprise has a calendar (rule E11) nights and weekends pass too: a week has the same 40 hours, and
each of them is `CLOCK_HOURS` on the wall clock.
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

CLOCK_HOURS_PER_DAY = 24.0
CLOCK_DAYS_PER_WEEK = 7
CLOCK_HOURS_PER_WEEK = CLOCK_HOURS_PER_DAY * CLOCK_DAYS_PER_WEEK
CLOCK_HOURS = CLOCK_HOURS_PER_WEEK / HOURS_PER_WEEK
"""Hours on the wall clock for each hour of a week of 40, nights and weekends included."""

NEVER = math.inf
"""Hour of what does not happen."""
