"""What size does: a study's comparison in firms of several sizes, and where its answer changes.

The same customers, needs and luck at every size, as far as there are as many of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.comparison.columns import aligned
from analysis.comparison.leading import LEADS, UNRANKED, Lead, leading
from analysis.comparison.pairing import compare_measures
from analysis.comparison.wording import decimals_for, difference_decimals, is_clear, number
from sim.reading.resizing import Resized, firm_of
from sim.study.errors import Problem, StudyError
from sim.study.study import Study
from sim.study.tables import MEASURES, column_names


@dataclass(frozen=True)
class AtSize:
    """The comparison in a firm of one size.

    Attributes
    ----------
    firm : Resized
    comparison : DataFrame
        Rows of ``comparison.csv``, overall.
    lead : Lead
        The ranking on the measure that decides.
    """

    firm: Resized
    comparison: pd.DataFrame
    lead: Lead

    @property
    def leader(self) -> str:
        """Who leads, by name; empty where nobody clearly does."""
        return self.lead.order[0] if self.lead.verdict == LEADS else ""

    @property
    def baseline(self) -> str:
        """Name of the org model compared against."""
        return self.firm.study.baseline

    def rows(self) -> pd.DataFrame:
        """Return the measure that decides, by org model."""
        rows = self.comparison[self.comparison["measure"] == self.lead.measure]
        return rows.set_index("org_model", drop=False)


def firms_of(study: Study, sizes: Sequence[int]) -> list[Resized]:
    """Return the firms of a study with so many employees each.

    Raises
    ------
    StudyError
        With every reason for every size that there is no such firm.
    """
    firms: list[Resized] = []
    problems: list[Problem] = []
    for employees in sizes:
        try:
            firm = firm_of(study, employees)
        except StudyError as error:
            problems += error.problems
            continue
        if firms and firms[-1].employees == firm.employees:
            message = f"the nearest firm has {firm.employees} people, as for {firms[-1].asked}"
            option = f"--employees {employees}"
            problems.append(Problem(option, None, None, "", message, "leave out one of the two"))
        firms.append(firm)
    if problems:
        raise StudyError(problems)
    return firms


def at_size(firm: Resized, measures: pd.DataFrame) -> AtSize:
    """Return the comparison in a firm, from the measures of its runs."""
    study = firm.study
    overall = measures[measures["scope"] == "overall"]
    comparison = compare_measures(overall, study.baseline, study.budget)
    return AtSize(firm, comparison, leading(overall, study.headline))


def sizes_table(found: Sequence[AtSize]) -> pd.DataFrame:
    """Return all measures at all sizes: columns of ``sizes.csv``."""
    tables = [each.comparison.assign(**each.firm.facts) for each in found]
    return pd.concat(tables, ignore_index=True)[column_names("sizes.csv")]


def where_it_changes(found: Sequence[AtSize], labels: Mapping[str, str]) -> str:
    """Return one sentence: at which sizes who leads, and whether that changes."""
    measure = MEASURES[found[0].lead.measure].label.lower()
    if any(each.lead.verdict == UNRANKED for each in found):
        return (
            f"Nobody can be said to lead on {measure}: that takes two org models and two "
            "replicates at every size"
        )
    spans = _spans(found)
    leaders = dict.fromkeys(leader for leader, _ in spans if leader)
    everywhere = _between(found)
    if len(leaders) > 1:
        told = ", ".join(f"{labels.get(who, 'no clear winner')} {where}" for who, where in spans)
        return f"The leader on {measure} changes with size: {told}"
    if not leaders:
        said = f"There is no clear winner on {measure} {everywhere}"
    elif len(spans) == 1:
        said = f"{labels[spans[0][0]]} leads on {measure} {everywhere}"
    else:
        (leader,) = leaders
        where, elsewhere = (
            " and ".join(span for who, span in spans if (who == leader) is leads)
            for leads in (True, False)
        )
        return (
            f"{labels[leader]} leads on {measure} {where}, and {elsewhere} there is no clear "
            "winner: nobody else takes the lead"
        )
    return said if len(found) == 1 else f"{said}: the leader does not change with size"


def _spans(found: Sequence[AtSize]) -> list[tuple[str, str]]:
    """Return who leads and at which sizes, one row for neighbours with the same leader."""
    groups = itertools.groupby(found, key=lambda each: each.leader)
    return [
        (leader, _between(list(group), " employees" if place == 0 else ""))
        for place, (leader, group) in enumerate(groups)
    ]


def _between(found: Sequence[AtSize], unit: str = " employees") -> str:
    """Return the sizes in words."""
    first, last = found[0].firm.employees, found[-1].firm.employees
    return f"at {first:,}{unit}" if len(found) == 1 else f"from {first:,} to {last:,}{unit}"


def sizes_text(found: Sequence[AtSize], labels: Mapping[str, str]) -> str:
    """Return the measure that decides as a table: org models down, sizes across, who leads.

    Parameters
    ----------
    found : sequence of AtSize
        By size.
    labels : mapping of str to str
        Label of each org model by name, in the order of the study.

    Returns
    -------
    str
        Aligned lines, in characters that any terminal can show.
    """
    spec, baseline = MEASURES[found[0].lead.measure], found[0].baseline
    names = [f"{labels[org]} (baseline: its level)" if org == baseline else labels[org]
             for org in labels]  # fmt: skip
    columns = [["employees", *names, "leads"]]
    for each in found:
        rows = each.rows()
        cells = [cell(rows.T[org], org == baseline) if org in rows.index else "-"
                 for org in labels]  # fmt: skip
        leader = labels[each.leader] if each.leader else each.lead.verdict
        columns.append([f"{each.firm.employees:,}", *cells, leader])
    lines = aligned(list(zip(*columns, strict=True)))
    unit = "points" if spec.display == "percent" else spec.unit
    heading = f"{spec.label} ({unit}) less that of {labels[baseline]}, by people under it"
    table = [heading, "", *lines[:-1], lines[1], lines[-1]]
    return "\n".join(table).replace("\u2212", "-")


def cell(row: pd.Series, as_it_is: bool) -> str:
    """Return half an interval behind a difference, with a star if it leaves out zero, or a level.

    Parameters
    ----------
    row : Series
        Of ``sizes.csv`` or ``comparison.csv``.
    as_it_is : bool
        Whether the level is shown.
    """
    spec = MEASURES[str(row["measure"])]
    ends = ("mean", "mean_low", "mean_high") if as_it_is else ("difference", "low", "high")
    mean, low, high = (float(row[end]) for end in ends)
    if pd.isna(mean):
        return "runs failed"
    decimals = decimals_for(spec, (high - low) / 2) if as_it_is else difference_decimals(row)
    text = number(spec, mean, decimals, signed=not as_it_is)
    if pd.isna(low):
        return text
    star = "*" if not as_it_is and is_clear(low, high) else ""
    return f"{text} ±{number(spec, (high - low) / 2, decimals)}{star}"


def firms_text(found: Sequence[AtSize]) -> list[str]:
    """Return what was searched and reached: a line a size, and what went with it."""
    firms = [each.firm for each in found]
    lines = [_firm_line(firm) for firm in firms]
    if any(firm.market.slice > 1 for firm in firms):
        lines.append(
            "A slice keeps the firm whole but its queues small, so fewer people stand in for one "
            "another: compare org models there, not levels with another size's."
        )
    if firms[0].fixed:
        heads = [
            f"{name} {', '.join(f'{firm.fixed[name]:,}' for firm in firms)}"
            for name in firms[0].fixed
        ]
        lines.append(
            "Heads that the study fixes (`functions.X.heads`) are scaled with size, at least one "
            f"each: {'; '.join(heads)}."
        )
    return lines


def _firm_line(firm: Resized) -> str:
    market = firm.market
    asked = "" if firm.asked == firm.employees else f" ({firm.asked:,} asked for)"
    prospects = f" and {market.prospects:,} prospects" if market.prospects else ""
    part = f", one in {market.slice} simulated" if market.slice > 1 else ""
    return f"{firm.employees:,} employees{asked}: {market.customers:,} customers{prospects}{part}."
