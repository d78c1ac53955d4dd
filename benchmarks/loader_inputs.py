"""Inputs that may break the loader: seeds, words, changes of them, and the judge.

An input is the text of a study file. Comment lines ``#set KEY=VALUE`` in it are also given
as ``--set`` options, so that one text reaches the options as well; a firm and an org model lie
beside it, to be named.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import yaml

from sim.organisation.organisation import Organisation
from sim.reading.loader import load_study, problems_to_text
from sim.reading.shape import Shape
from sim.state.blueprint import Blueprint
from sim.study.errors import MachineRefusal, StudyError
from sim.study.parameters import REGISTRY
from sim.study.study import Study

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
FIRM, PLAIN = "firm.yaml", "plain.yaml"
LONGEST = 2048
MOST_SECONDS = 2.0
MOST_OPTIONS = 4

_OPTION = re.compile(r"^#set (.*)$", re.MULTILINE)
_WORD = re.compile(r"[^\s,{}\[\]]+")
# Every section and kind of value in little text: what is short is tried more often.
TINY = b"""\
study: tiny
enterprise:
  enterprise: firm
  functions: {desk: {heads: 4}, field: }
  facts: {identity: customer, wish: case}
  journeys:
    help:
      start: call
      recontact: visit
      effect: joins
      exits: {gone: withdrawn}
      touchpoints:
        call: {owner: desk, mode: live, minutes: 8, produces: [wish], next: {wait: .4, gone: .6}}
        wait:
          owner: nobody
          automated: true
          reply: {hours: 9, limit_hours: 20, limit_exit: gone}
          next: {visit: 1}
        visit: {owner: field, requires: &a [identity, wish], next: {completed: .9, call: .1}}
market:
  customers: 500
  prospects: 9
  segments: {homes: {share: .7, needs_per_year: {help: 1.5}}, firms: {share: .3}}
organisations: [plain.yaml, {organisation: other, staffing: {liaison: .1}}]
baseline: plain
design: {replicates: 2}
parameters: {ask_probability: .6}
#set market.customers=50
"""
# As one text, for a list of sixty quoted words is not easier to read.
HOSTILE = [
    *r"""
    -5 0 1 1e300 -1e-300 5e-324 .nan -.inf 0x7fffffffffffffff 9223372036854775807 1e12 0o17 1_000
    12,000 70% 0,7 2001-01-01 12:30:00 null ~ true yes '' "" [] {} [[]] {a:1} | > ! !!str !!int !!x
    !!python/object:os.system &a *a << ? - : # %YAML --- ... \ \0 ../../etc/passwd /etc/passwd C:\a
    ~/a . .. s.yaml nobody completed =1+1 @a "\ud800" "\x00" "\u202e"
    """.split(),  # noqa: SIM905
    *("&a [*a]", "&a {b: *a}", "\u0663", "\u00e9", "\U0001f642", "\ufeff", "\u2028", "\t", "\r"),
]


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
        study = load_study(file, overrides=options)
        blueprint = Blueprint(study)
        for model in study.organisations:
            Organisation.under(blueprint, model).check()
        return True
    except StudyError as error:
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


def resident_mebibytes() -> float:
    """Return the memory this process holds now."""
    return float(psutil.Process().memory_info().rss) / 2**20


def prepare(folder: Path) -> Path:
    """Put a small firm and an org model into a folder, for inputs to name; return it."""
    folder.mkdir(exist_ok=True)
    (folder / FIRM).write_text(_dumped(_read_smallest()), encoding="utf-8")
    (folder / PLAIN).write_text("organisation: plain\n", encoding="utf-8")
    return folder


def words() -> list[str]:
    """Return the dictionary: every key and choice of a study, parameters, hostile values."""
    found: dict[str, None] = {}
    schema = Study.model_json_schema()
    for rule in (schema, *schema["$defs"].values()):
        shape = Shape(rule, schema["$defs"])
        for key in shape.keys:
            found[key] = None
            below = shape.child(key)
            found.update(dict.fromkeys(below.choices if below is not None else ()))
    return [*map(str, found), *REGISTRY, *HOSTILE]


def seeds() -> list[bytes]:
    """Return small studies made of the bundled ones, and the bundled files cut in pieces."""
    made = [TINY, *_small_studies()]
    for file in sorted(SCENARIOS.rglob("*.yaml")):
        text = file.read_bytes()
        made += [text[start : start + LONGEST] for start in range(0, len(text), LONGEST // 2)]
    return [content for content in dict.fromkeys(made) if len(content) <= LONGEST]


def _small_studies() -> Iterator[bytes]:
    """Yield complete studies of one journey and one org model each, and some that name files."""
    models = [_read(file) for file in sorted((SCENARIOS / "organisations").glob("*.yaml"))]
    for place, firm in enumerate(_firms()):
        model = models[place % len(models)]
        (journey,) = firm["journeys"]
        study = {
            "study": "s",
            "enterprise": firm,
            "market": {
                "customers": 9000,
                "segments": {"all": {"share": 1, "needs_per_year": {journey: 2}}},
                "prospects": 9 if firm["journeys"][journey].get("effect") == "joins" else 0,
            },
            "organisations": [model, PLAIN],
            "baseline": "plain",
        }
        for flow in (False, True):
            yield f"{_dumped(study, flow)}#set design.seed=5\n".encode()
    needs = dict.fromkeys(_read_smallest()["journeys"], 1)
    for file in sorted(SCENARIOS.glob("*.yaml")):
        study = _read(file) | {"enterprise": FIRM, "organisations": [PLAIN], "baseline": "plain"}
        for segment in study["market"]["segments"].values():
            segment["needs_per_year"] = needs
        study["market"]["prospects"] = 0
        study.pop("compared_with", None)
        yield f"{_dumped(study)}#set organisations.plain.authority=.5\n".encode()


def _firms() -> list[dict[str, Any]]:
    """Return the bundled enterprises, one for each of their journeys, with what it needs."""
    return [
        _reduced(firm, name)
        for firm in map(_read, sorted((SCENARIOS / "enterprises").glob("*.yaml")))
        for name in firm["journeys"]
    ]


def _reduced(firm: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a firm with one of its journeys and no more than it needs."""
    journey = firm["journeys"][name]
    steps = journey["touchpoints"].values()
    owners = [step["owner"] for step in steps]
    facts = [
        fact for step in steps for key in ("requires", "produces") for fact in step.get(key, ())
    ]
    return {
        "enterprise": firm["enterprise"],
        "functions": {key: value for key, value in firm["functions"].items() if key in owners},
        "facts": {key: value for key, value in firm["facts"].items() if key in facts},
        "journeys": {name: journey},
    }


def _read_smallest() -> dict[str, Any]:
    """Return the firm that takes the least text."""
    return min(_firms(), key=lambda firm: len(_dumped(firm)))


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


def _dumped(data: Any, flow: bool = False) -> str:
    text: str = yaml.safe_dump(data, default_flow_style=flow, sort_keys=False, width=200)
    return text


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
        chance = random.Random(seed)  # noqa: S311  # nosec B311 - luck, not a secret
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
