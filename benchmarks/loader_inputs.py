"""Inputs that may break the loader: seeds, words, changes of them, and the judge.

An input is the text of a study file. Comment lines ``#set KEY=VALUE`` in it are also given
as ``--set`` options, so that one text reaches the options as well; the files that the
bundled studies name lie beside it.
"""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from sim.blueprint import Blueprint
from sim.errors import MachineRefusal, ScenarioError
from sim.loader import load_study, problems_to_text
from sim.organisation import Organisation
from sim.parameters import REGISTRY
from sim.scenario import Scenario
from sim.shape import Shape, scenario_shape

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
LONGEST = 2048
MOST_SECONDS = 2.0
MOST_OPTIONS = 4

_OPTION = re.compile(r"^#set (.*)$", re.MULTILINE)
_WORD = re.compile(r"[^\s,{}\[\]]+")
HOSTILE = (
    *"-5 0 1 1e300 -1e-300 5e-324 .nan -.inf 0x7fffffffffffffff 9223372036854775807 1e12".split(),
    *"null ~ true yes '' \"\" [] {} [[]] {a: 1} | > ! !!python/object:os.system !!int &a *a".split(),
    *"<< ? - : # %YAML --- ... \\ \\0 ../../etc/passwd /etc/passwd C:\\a ~/a . .. s.yaml".split(),
    *"nobody completed 1_000 12,000 70% 0,7 2001-01-01 12:30:00 0o17 ٣ é 🙂 \ufeff \u2028".split(),
    '"\\ud800"', '"\\x00"', '"\\u202e"', "&a [*a]", "&a {b: *a}", "=1+1", "@a", "\t", "\r\n", "\r",
)  # fmt: skip


def judge(content: bytes, folder: Path) -> bool:
    """Load one input as a command would; return whether it is a study.

    Parameters
    ----------
    content : bytes
        What the study file holds.
    folder : Path
        Made by `prepare`; the file is written there.

    Raises
    ------
    Exception
        Whatever the loader should not have raised.
    TimeoutError
        If it took more than two seconds of the processor.
    """
    file = folder / "s.yaml"
    file.write_bytes(content)
    options = _OPTION.findall(content.decode("utf-8", "replace"))[:MOST_OPTIONS]
    began = time.process_time()
    try:
        scenario = load_study(file, overrides=options)
        blueprint = Blueprint(scenario)
        for model in scenario.organisations:
            Organisation(blueprint, model).check()
        return True
    except ScenarioError as error:
        if not error.problems or not all(problem.message for problem in error.problems):
            raise AssertionError("a refusal without words") from error
        problems_to_text(error)
        return False
    except MachineRefusal:
        return False
    finally:
        seconds = time.process_time() - began
        if seconds > MOST_SECONDS:
            raise TimeoutError(f"{seconds:.1f} s for {len(content)} bytes")


def prepare(folder: Path) -> Path:
    """Fill a folder with the files that the bundled studies name; return it."""
    shutil.copytree(SCENARIOS, folder, dirs_exist_ok=True)
    return folder


def words() -> list[str]:
    """Return the dictionary: every key and choice of a study, parameters, hostile values."""
    found: dict[str, None] = {}
    schema = Scenario.model_json_schema()
    for rule in (schema, *schema["$defs"].values()):
        shape = Shape(rule, schema["$defs"])
        for key in shape.keys:
            found[key] = None
            below = shape.child(key)
            found.update(dict.fromkeys(below.choices if below is not None else ()))
    return [*found, *REGISTRY, *HOSTILE]


def seeds() -> list[bytes]:
    """Return small studies made of the bundled ones, and the bundled files cut in pieces."""
    made = list(_small_studies())
    for file in sorted(SCENARIOS.rglob("*.yaml")):
        text = file.read_bytes()
        made += [text[start : start + LONGEST] for start in range(0, len(text), LONGEST // 2)]
    return [content for content in dict.fromkeys(made) if len(content) <= LONGEST]


def _small_studies() -> Iterator[bytes]:
    """Yield complete studies of one journey and one org model each."""
    firms = [_read(file) for file in sorted((SCENARIOS / "enterprises").glob("*.yaml"))]
    models = [_read(file) for file in sorted((SCENARIOS / "organisations").glob("*.yaml"))]
    for firm in firms:
        for place, (name, journey) in enumerate(firm["journeys"].items()):
            model = models[place % len(models)]
            study = {
                "study": "s",
                "enterprise": firm | {"journeys": {name: journey}, "description": ""},
                "market": {
                    "customers": 900,
                    "segments": {"all": {"share": 1, "needs_per_year": {name: 2}}},
                },
                "organisations": [model, "organisations/siloed.yaml"],
                "baseline": model["organisation"],
                "design": scenario_shape().at(("design",)).example(),  # type: ignore[union-attr]
            }
            for flow in (None, True):
                text = yaml.safe_dump(study, default_flow_style=flow, sort_keys=False, width=1000)
                yield f"{text}#set market.customers=5\n".encode()
    for study in sorted(SCENARIOS.glob("*.yaml")):
        bare = (line for line in study.read_text("utf-8").splitlines() if line[:1] != "#")
        yield "\n".join([*bare, "#set organisations.siloed.authority=.5", ""]).encode()


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


class Mutator:
    """Changes a study as people and attackers do: by line and by word, mostly still YAML.

    Parameters
    ----------
    dictionary : list of str
        Words to put in.
    stock : list of bytes
        Other inputs, from which lines are taken.
    """

    def __init__(self, dictionary: list[str], stock: list[bytes]):
        self.dictionary = dictionary
        self.stock = [content.decode("utf-8", "replace").split("\n") for content in stock]
        self.changes: tuple[Callable[[list[str], random.Random], None], ...] = (
            self._word, self._word, self._word, self._value, self._value, self._drop, self._double,
            self._indent, self._graft, self._letter, self._option,
        )  # fmt: skip

    def change(self, content: bytes, longest: int, seed: int) -> bytes:
        """Return an input like `content` with one to four changes, at most `longest` bytes."""
        chance = random.Random(seed)  # noqa: S311 - luck, not a secret
        lines = content.decode("utf-8", "replace").split("\n")
        for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
            chance.choice(self.changes)(lines, chance)
        return "\n".join(lines).encode("utf-8", "replace")[:longest]

    def _word(self, lines: list[str], chance: random.Random) -> None:
        """Put a word of the dictionary in the place of another word."""
        place = chance.randrange(len(lines))
        found = list(_WORD.finditer(lines[place]))
        if found:
            spot = chance.choice(found)
            new = chance.choice(self.dictionary) + ":" * spot.group().endswith(":")
            lines[place] = lines[place][: spot.start()] + new + lines[place][spot.end() :]

    def _value(self, lines: list[str], chance: random.Random) -> None:
        """Put another value behind a key."""
        place = chance.randrange(len(lines))
        key, colon, _ = lines[place].partition(": ")
        if colon:
            lines[place] = f"{key}: {chance.choice(HOSTILE)}"

    def _drop(self, lines: list[str], chance: random.Random) -> None:
        if len(lines) > 1:
            del lines[chance.randrange(len(lines))]

    def _double(self, lines: list[str], chance: random.Random) -> None:
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))

    def _indent(self, lines: list[str], chance: random.Random) -> None:
        place = chance.randrange(len(lines))
        bare = lines[place].lstrip(" ")
        depth = len(lines[place]) - len(bare) + chance.choice((-4, -2, -1, 1, 2, 4))
        lines[place] = " " * max(depth, 0) + bare

    def _graft(self, lines: list[str], chance: random.Random) -> None:
        """Take a few lines of another input."""
        other = chance.choice(self.stock)
        start = chance.randrange(len(other))
        place = chance.randrange(len(lines))
        lines[place : place + chance.randrange(3)] = other[start : start + chance.randint(1, 6)]

    def _letter(self, lines: list[str], chance: random.Random) -> None:
        """Misspell: leave a sign out, or put one in."""
        place = chance.randrange(len(lines))
        spot = chance.randint(0, len(lines[place]))
        sign = chance.choice(("", "", *"aZ_0 :-[]{}'\"&*!|>#%\t,"))
        lines[place] = lines[place][:spot] + sign + lines[place][spot + (not sign) :]

    def _option(self, lines: list[str], chance: random.Random) -> None:
        keys = (chance.choice(self.dictionary) for _ in range(chance.randint(1, 4)))
        lines.append(f"#set {'.'.join(keys)}={chance.choice(self.dictionary)}")
