"""Whether a run holds at the ends of what a study may say: no nonsense, nothing lost, no hang.

``python -m benchmarks.ends --combinations 1000`` runs a compact firm with every numeric lever and
parameter at either end of its permitted range, each alone, and then random combinations of ends.
A study may be refused in words. A run must come to an end; what has cases is a number; cases are
conserved; fates add up to one to 1e-9; shares lie between 0 and 1 (but
utilisation, which counts a visit's hours when it begins).
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from sim.checks.finite import check_finite
from sim.model import EnterpriseModel
from sim.results.measures import measures
from sim.state.cases import N_COMPLETED, N_DROPPED, N_NEEDS, N_OPEN, N_RECONTACTS, N_UNREALISED
from sim.study.errors import StudyError
from sim.study.levers import OrgModel
from sim.study.mechanisms import Mechanisms
from sim.study.parameters import REGISTRY
from sim.study.study import Study
from sim.study.tables import MEASURES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from studies import DESIGN, EVENTFUL, MARKET, peer_enterprise

ROUNDING = 1e-9
LONGEST_SECONDS = 60.0
"""A run of the compact firm takes a tenth of a second; what takes this long hangs."""
MOST_CHANGES = 25
WORKERS = mp.cpu_count()
FATES = ("completion_rate", "drop_off_rate", "unresolved_share", "unrealised_share")
NAMES = {"organisation", "label", "extensions"}
RUN, REFUSED = "run", "refused"

Change = tuple[str, str, Any]
"""Section of a study (levers, parameters or mechanisms), path in it, value."""


class Outcome(NamedTuple):
    """What became of a study: run, refused, or what is wrong with it."""

    word: str
    changes: tuple[Change, ...]


# --- ends -------------------------------------------------------------------------------


def ends_of(schema: dict[str, Any], definitions: dict[str, Any], path: str = "") -> Iterator[tuple]:
    """Give the path and the values of every number and choice of a section of the schema."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]] | {
            key: value for key, value in schema.items() if key != "$ref"
        }
    for name, rule in schema.get("properties", {}).items():
        if path or name not in NAMES:
            yield from ends_of(rule, definitions, f"{path}.{name}" if path else name)
    values = _values(schema)
    if path and values:
        yield path, values


def _values(rule: dict[str, Any]) -> list[Any]:
    if "enum" in rule:
        return list(rule["enum"])
    if rule.get("type") == "boolean":
        return [False, True]
    if "anyOf" in rule:
        return [value for each in rule["anyOf"] for value in _values(each)]
    low = rule.get("minimum", rule.get("exclusiveMinimum"))
    high = rule.get("maximum", rule.get("exclusiveMaximum"))
    return [] if low is None or high is None else [low, high]


def all_ends() -> list[tuple[str, str, list[Any]]]:
    """Return section, path and ends of every lever, parameter and switch."""
    found = []
    for section, model in (("levers", OrgModel), ("mechanisms", Mechanisms)):
        schema = model.model_json_schema()
        found += [(section, *each) for each in ends_of(schema, schema.get("$defs", {}))]
    found += [("parameters", name, list(p.permitted)) for name, p in REGISTRY.items()]
    return found


def alone(number: int | None, luck: random.Random) -> list[tuple[Change, ...]]:
    """Return every end by itself, or some of them."""
    every = [((section, path, end),) for section, path, ends in all_ends() for end in ends]
    return every if number is None else luck.sample(every, min(number, len(every)))


def together(number: int, luck: random.Random) -> list[tuple[Change, ...]]:
    """Return random combinations of ends, a few or many at a time."""
    places = all_ends()
    return [
        tuple(
            (section, path, luck.choice(ends))
            for section, path, ends in luck.sample(places, luck.randint(2, MOST_CHANGES))
        )
        for _ in range(number)
    ]


def study_with(changes: tuple[Change, ...]) -> Study:
    """Return the compact firm, its customers half peers, with changes laid over it."""
    parameters: dict[str, float] = dict(EVENTFUL)
    levers: dict[str, Any] = {"organisation": "any", "staffing": {"cx_team": 10}}
    switches: dict[str, Any] = {}
    for section, path, value in changes:
        if section == "parameters":
            parameters[path] = value
            continue
        at = levers if section == "levers" else switches
        *outer, last = path.split(".")
        for key in outer:
            at = at.setdefault(key, {})
        at[last] = value
    data = {
        "study": "ends",
        "enterprise": peer_enterprise(),
        "market": MARKET | {"agent_adoption": 0.5},
        "organisations": [levers],
        "baseline": "any",
        "design": DESIGN | {"horizon_days": 30, "warm_up_days": 10, "follow_up_days": 5},
        "parameters": parameters,
        "mechanisms": switches,
    }
    return Study.model_validate(data)


# --- what has to hold -------------------------------------------------------------------


def judged(changes: tuple[Change, ...]) -> str:
    """Run a study; return whether it was run or refused, or what is wrong."""
    try:
        study = study_with(changes)
        model = EnterpriseModel(study, study.organisations[0])
    except (StudyError, ValidationError):
        return REFUSED
    try:
        model.run_model()
        return _wrong(model) or RUN
    except ArithmeticError as error:
        return str(error)
    finally:
        model.release()


def _wrong(model: EnterpriseModel) -> str:
    """Return what does not hold of a finished run, nothing if all does."""
    n = model.state.counters
    settled = n[N_OPEN] + n[N_COMPLETED] + n[N_DROPPED] + n[N_UNREALISED]
    if n[N_NEEDS] + n[N_RECONTACTS] != settled:
        return "cases are not conserved"
    table = measures(model)
    day_zero = float(model.state.rules[0]["day_zero"])
    check_finite(table, int((model.state.customers["joined_at"] <= day_zero).sum()))
    whole = table[table["scope"] == "overall"].set_index("measure")["value"]
    if whole["n_needs"] > 0 and abs(float(whole[list(FATES)].sum()) - 1.0) > ROUNDING:
        return "fates do not add up to one"
    # Hours of a visit count when it begins: one of a year in a window of weeks is more than all.
    shares = [name for name, spec in MEASURES.items() if spec.unit.startswith("share")]
    shares.remove("utilisation")
    rows = table[table["measure"].isin(shares)].dropna()
    outside = rows[(rows["value"] < -ROUNDING) | (rows["value"] > 1.0 + ROUNDING)]
    if len(outside):
        return f"no share: {outside['measure'].iloc[0]}"
    standing = np.asarray(model.state.customers["standing"], float)
    return "" if np.all((standing >= 0.0) & (standing <= 1.0)) else "standing is out of range"


# --- many, and none for ever ------------------------------------------------------------


def _work(pipe: Connection) -> None:
    """Judge what comes through a pipe, for as long as something does."""
    while (changes := pipe.recv()) is not None:
        try:
            pipe.send(judged(changes))
        except Exception as error:  # whatever it is, it is what we are looking for
            pipe.send(f"{type(error).__name__}: {error}")


class Worker:
    """A process that can be ended if a run never does."""

    def __init__(self) -> None:
        self.pipe, other = mp.Pipe()
        self.process = mp.get_context("spawn").Process(target=_work, args=(other,), daemon=True)
        self.process.start()
        other.close()
        self.task: tuple[Change, ...] | None = None
        self.until, self.over = 0.0, False

    def give(self, task: tuple[Change, ...]) -> None:
        """Let it judge a study."""
        self.task, self.until = task, time.monotonic() + LONGEST_SECONDS
        self.pipe.send(task)

    def answer(self) -> str:
        """Return what it says, or what became of it."""
        try:
            if self.pipe.poll():
                return str(self.pipe.recv())
            self.end()
            return "does not come to an end"
        except EOFError:
            self.end()
            return "the process ended"

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.over = True
        self.process.kill()
        self.process.join()


def outcomes(tasks: list[tuple[Change, ...]]) -> Iterator[Outcome]:
    """Give what becomes of each study, several at a time."""
    ahead = list(reversed(tasks))
    workers = [Worker() for _ in range(WORKERS)]
    judged({})  # compiled once, before anybody's time runs
    for worker in workers:
        worker.give(())
    while ahead or any(worker.task is not None for worker in workers):
        ready = wait([w.pipe for w in workers if w.task is not None], timeout=1.0)
        for place, worker in enumerate(workers):
            if worker.task is None:
                continue
            late = time.monotonic() > worker.until
            if worker.pipe not in ready and not late:
                continue
            yield Outcome(worker.answer(), worker.task)
            worker.task = None
            if worker.over:
                workers[place] = Worker()
            if ahead:
                workers[place].give(ahead.pop())
    for worker in workers:
        worker.end()


def main() -> int:
    """Run all ends alone and many together; return 1 if anything does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--combinations", type=int, default=1000)
    parser.add_argument("--alone", type=int, help="so many ends by themselves; left out, all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    luck = random.Random(options.seed)  # noqa: S311  # nosec B311 - luck, not a secret
    began = time.monotonic()
    tasks = alone(options.alone, luck) + together(options.combinations, luck)
    counted: Counter[str] = Counter()
    for outcome in outcomes(tasks):
        counted[outcome.word] += 1
        if outcome.word not in (RUN, REFUSED):
            print(f"{outcome.word}: {outcome.changes}", flush=True)
    wrong = sum(n for word, n in counted.items() if word not in (RUN, REFUSED))
    print(
        f"{counted[RUN]} studies run, {counted[REFUSED]} refused, {wrong} wrong, in "
        f"{time.monotonic() - began:,.0f} s"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
