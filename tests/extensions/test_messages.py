"""What is wrong with an extension, or with what a study says of it, is said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from loyal_firm import LOYALTY, firm, loaded, loyal, refused, written
from program import standing_apart
from pydantic import Field
from studies import ENTERPRISE, started

import sim
from sim.study.extension import Numbers
from sim.study.tables import MEASURES

YAML = """\
study: loyal
enterprise: enterprises/subscription.yaml
baseline: plain
market: {customers: 500, segments: {all: {share: 1, needs_per_year: {change: 2}}}}
organisations:
  - organisation: plain
    extensions:
      loyalty:
        LEVER
"""

WRONG_LEVERS = [
    ({"generosity": 3}, "generosity", "`3` is out of range. Permitted: a number from 0 to 2."),
    ({"generosity": "much"}, "generosity", "`much` is not a number. Permitted: a number from 0"),
    ({"generosity": "1"}, "generosity", "`1` is not a number. Leave out the quotes; permitted:"),
    ({"generosity": True}, "generosity", "`true` is not a number. Permitted: a number from 0"),
    ({"generousity": 1}, "generousity", "the key `generousity` is not known here. Did you mean"),
]


def complaint(data: dict, *extensions: object) -> str:
    with pytest.raises(sim.StudyError) as error:
        sim.study_from(data, extensions=extensions)
    return str(error.value)


@pytest.mark.parametrize(("levers", "at", "message"), WRONG_LEVERS)
def test_a_wrong_lever_is_said_as_the_programs_own_are(tmp_path, levers, at, message) -> None:
    said = complaint(firm({"extensions": {"loyalty": levers}}), LOYALTY)
    assert said.startswith(f"organisations[0].extensions.loyalty.{at}: {message}")
    ((lever, value),) = levers.items()
    shown = str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
    file = tmp_path / "s.yaml"
    file.write_text(YAML.replace("LEVER", f"{lever}: {shown}"), encoding="utf-8")
    with pytest.raises(sim.StudyError) as error:
        sim.load_study(file, extensions=[LOYALTY])
    in_yaml = str(error.value)
    assert in_yaml.startswith(f"{file}:9:")
    assert message in in_yaml
    # What is wrong and what is allowed are said alike.
    assert in_yaml.rpartition(at + ": ")[2] == said.rpartition(at + ": ")[2]


def test_a_lever_the_enterprise_cannot_use_is_refused() -> None:
    said = complaint(firm(loyal(1), enterprise=ENTERPRISE), LOYALTY)
    assert "extensions.loyalty.generosity: nothing is negotiated in this enterprise" in said
    loaded(loyal(0), enterprise=ENTERPRISE)


def test_an_extension_that_is_not_there_is_named_with_those_that_are() -> None:
    said = complaint(firm({"extensions": {"loyality": {"generosity": 1}}}), LOYALTY)
    assert "organisations[0].extensions.loyality: no extension `loyality` is in use" in said
    assert "`loyalty`" in said and "--extension" in said
    assert "no extension `loyalty` is in use" in complaint(firm(loyal(1)))


def test_levers_that_an_option_sets_are_checked_too() -> None:
    with pytest.raises(sim.StudyError, match=r"`3` is out of range\. Permitted: a number"):
        sim.study_from(
            firm({}), ["organisations.org0.extensions.loyalty.generosity=3"], extensions=[LOYALTY]
        )


class Kinds(sim.Section):
    """A lever of each kind."""

    heads: int = Field(0, ge=0, le=5, description="whole")
    strict: bool = Field(False, description="yes or no")
    tone: Literal["dry", "warm"] = Field("dry", description="a word")


def test_a_lever_may_be_a_whole_number_a_word_or_yes_and_no() -> None:
    made = sim.Extension(name="kinds", module="__main__x", levers=Kinds)
    given = {"heads": 2, "strict": True, "tone": "warm"}
    options = [f"organisations.org0.extensions.kinds.{key}={value}" for key, value in
               (("heads", 2), ("strict", "true"), ("tone", "warm"))]  # fmt: skip
    for study in (
        sim.study_from(firm({"extensions": {"kinds": given}}), extensions=[made]),
        sim.study_from(firm({}), options, extensions=[made]),
    ):
        levers = started(study).extensions["kinds"].levers
        assert levers == Kinds(**given)
    said = complaint(firm({"extensions": {"kinds": {"heads": 2.5, "tone": "loud"}}}), made)
    assert "kinds.heads: `2.5` is not a whole number" in said
    assert "kinds.tone: `loud` is not permitted" in said


def test_levers_of_a_transition_are_checked_where_they_stand() -> None:
    move = {"from": "org0", "to": {"organisation": "later", **loyal(3)}, "at_week": 2}
    plan = {"organisation": "moving", "transition": move}
    said = complaint(firm({}, {**plan}), LOYALTY)
    assert "transition.to.extensions.loyalty.generosity: `3` is out of range" in said


# --- the extension itself ------------------------------------------------------------------

HEAD = "import sim\n\n\n"
BROKEN = {
    "writes_outcome": (
        HEAD + "def rules(numbers):\n    @sim.rule\n    def visit_ends(state, slot, hour):\n"
        '        i = state.cases[slot]["customer"]\n'
        '        state.customers[i]["liking"] = 1.0\n'
        '    return {"visit_ends": visit_ends}\n\n\n'
        'EXTENSION = sim.Extension(name="bad", module=__name__, rules=rules)\n',
        "writes_outcome.py:8: the extension bad writes `liking`, which is an outcome",
    ),
    "no_place": (
        HEAD + "EXTENSION = sim.Extension(\n"
        '    name="bad", module=__name__, rules=lambda numbers: {"case_closes": None}\n)\n',
        "has a rule for `case_closes`, which is no place of the day. There are case_begins,",
    ),
    "rules_fail": (
        HEAD + 'EXTENSION = sim.Extension(\n    name="bad", module=__name__, '
        'rules=lambda numbers: numbers.columns["none"]\n)\n',
        "the rules of bad cannot be made: KeyError: 'none'",
    ),
    "taken_measure": (
        HEAD + "from sim.study.tables import MEASURES\n"
        'EXTENSION = sim.Extension(name="bad", module=__name__, '
        'measures=(MEASURES["standing"],))\n',
        "ValueError: there is a measure `standing` already; call yours otherwise",
    ),
    "taken_figure": (
        HEAD + 'EXTENSION = sim.Extension(name="bad", module=__name__, '
        "figures=(sim.FIGURES[0],))\n",
        "there is a figure `standing` already",
    ),
    "nothing_in_it": (HEAD, "no extension stands in it. Write `EXTENSION = sim.Extension"),
    "not_python": ("def\n", "it cannot be loaded: SyntaxError: "),
    "other_module": (
        HEAD + 'EXTENSION = sim.Extension(name="bad", module="elsewhere")\n',
        "its extension says that it stands in `elsewhere`. Write `module=__name__`",
    ),
    "bad_name": (
        HEAD + 'EXTENSION = sim.Extension(name="Bad", module=__name__)\n',
        "an extension cannot be called `Bad`: a small letter, then at most 39",
    ),
    "two_columns": (
        HEAD + 'EXTENSION = sim.Extension(name="bad", module=__name__, columns=("a", "a"))\n',
        "there are two `a`",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_extension_is_refused_before_anything_runs(tmp_path, kind) -> None:
    text, message = BROKEN[kind]
    written(tmp_path, {})
    (tmp_path / f"{kind}.py").write_text(text, encoding="utf-8")
    answer = standing_apart("compare", "loyal.yaml", "--extension", f"{kind}.py", at=tmp_path)
    said = refused(answer)
    assert message in said
    assert f"{kind}.py" in said or "--extension bad: " in said
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.py", "--extension none.py: there is no such file."),
        ("none.such", "--extension none.such: there is no module `none`."),
    ],
)
def test_an_extension_that_cannot_be_found_is_refused(tmp_path, name, message) -> None:
    written(tmp_path, {})
    assert message in refused(
        standing_apart("validate", "loyal.yaml", "--extension", name, at=tmp_path)
    )


# --- made by hand --------------------------------------------------------------------------


class Meter:
    """Count weeks, and pay for it."""

    def __init__(self, desk: sim.Desk) -> None:
        self.desk = desk

    def step(self) -> None:
        """Pay."""
        self.desk.spend(1.0)

    def adjust(self) -> None:
        """Change nothing."""


def by_hand(**other: object) -> sim.Extension:
    """Return an extension as a notebook makes it: its module stands in no file."""
    return sim.Extension(name="by_hand", module="__main__x", weekly=Meter, **other)


def test_what_is_made_by_hand_runs_in_one_process_and_says_so_of_two() -> None:
    data = firm({}, {"authority": 0.5}, {"authority": 1})
    study = sim.study_from(data, extensions=[by_hand()])
    weeks = (20 + 60 + 10) // 5
    model = started(study)
    model.run_model()
    assert sum(money for _, money in model.timeline.spent) == weeks
    assert len(sim.compare(study, replicates=1).of("standing")) == 3
    with pytest.raises(ValueError, match=r"by_hand .*another process.*use one process"):
        sim.compare(study, replicates=1, jobs=2)


def test_made_anew_it_is_another_one_and_an_old_study_says_so() -> None:
    made = by_hand()
    study = sim.study_from(firm({}), extensions=[made])
    assert sim.study_from(firm({}), extensions=[made]) == study
    assert sim.study_from(firm({}), extensions=[by_hand()]) != study
    with pytest.raises(LookupError, match="by_hand is not loaded here as the study has it"):
        started(study)


def test_its_measures_go_when_another_one_of_its_name_comes() -> None:
    spec = sim.MeasureSpec(
        name="weeks_counted", label="Weeks", unit="weeks", direction="neither",
        display="as_is", decimals=0, headline=False, formula="weeks", source="own",
    )  # fmt: skip
    sim.study_from(firm({}), extensions=[by_hand(measures=(spec,))])
    assert "weeks_counted" in MEASURES
    sim.study_from(firm({}), extensions=[by_hand()])
    assert "weeks_counted" not in MEASURES


def test_a_desk_shows_outcomes_for_reading_only_and_hides_the_rest() -> None:
    desk = started(sim.study_from(firm({}), extensions=[by_hand()])).extensions["by_hand"]
    with pytest.raises(ValueError, match="read-only"):
        desk.seen("customers")["liking"] = 1.0
    with pytest.raises(KeyError, match="a desk shows no `keys`; there are customers"):
        desk.seen("keys")
    with pytest.raises(KeyError, match="a mechanism cannot change `customers`; it can rates"):
        desk.changed("customers")


def test_numbers_are_what_rules_are_made_with() -> None:
    seen: list[Numbers] = []
    made = by_hand(columns=("a", "b"), draws=("c",), rules=lambda n: seen.append(n) or {})
    sim.study_from(firm({}), extensions=[made])
    assert dict(seen[0].columns) == {"a": 0, "b": 1}
    assert list(seen[0].draws) == ["c"]


def test_where_modules_stand_in_a_package_they_are_found_by_full_name(tmp_path) -> None:
    package = tmp_path / "schemes"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "rest.py").write_text("WORTH = 1.0\n", encoding="utf-8")
    (package / "quiet.py").write_text(
        "import sim\nfrom .rest import WORTH\n\n"
        'EXTENSION = sim.Extension(name="quiet", module=__name__)\n',
        encoding="utf-8",
    )
    written(tmp_path, {}, {"authority": 1})
    words = ("compare", "loyal.yaml", "--extension", "schemes.quiet", "--replicates", "2")
    done = standing_apart(*words, "--jobs", "2", "--no-figures", "--quiet", at=Path(tmp_path))
    assert done.returncode == 0, done.stderr
