"""Every mistake in a study gives its message, with file and line, all at once."""

import pytest

from sim.reading.loader import load_study, problems_to_text
from sim.study.errors import StudyError

STUDY = """\
study: small
enterprise: parts/firm.yaml
organisations: [parts/plain.yaml, {organisation: other, authority: 0.5}]
baseline: plain
market:
  customers: 500
  segments:
    homes: {share: .7, needs_per_year: {help: 1.5}}
    firms: {share: .3}
design: {replicates: 2}
parameters: {ask_probability: .6}
"""

FIRM = """\
enterprise: firm
functions:
  desk: {}
  field:
facts: {identity: customer}
journeys:
  help:
    start: call
    touchpoints:
      call:
        owner: desk
        minutes: 8
        requires: [identity]
        next: {visit: .4, completed: .6}
      visit:
        owner: field
        minutes: 30
        next: {completed: 1}
"""

PLAIN = """\
organisation: plain
staffing: {cx_team: 1}
ownership: {seams: both}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Go to a folder with a study that has no mistakes."""
    (tmp_path / "home" / "parts").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "home")
    write()
    return tmp_path / "home"


def write(study=STUDY, firm=FIRM, plain=PLAIN):
    for name, text in (("s.yaml", study), ("parts/firm.yaml", firm), ("parts/plain.yaml", plain)):
        with open(name, "w", encoding="utf-8") as stream:
            stream.write(text)


def changed(text, *swaps):
    for old, new in swaps:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the study"
        text = text.replace(old, new)
    return text


def problems(**options):
    with pytest.raises(StudyError) as caught:
        load_study("s.yaml", **options)
    return caught.value.problems


def places(found):
    return [(problem.file, problem.line, problem.path) for problem in found]


def test_a_study_without_mistakes_loads(folder):
    study = load_study("s.yaml")
    assert [model.organisation for model in study.organisations] == ["plain", "other"]
    assert study.organisations[0].staffing.cx_team == 1
    assert study.enterprise.functions["field"].heads is None
    assert list(study.enterprise.journeys["help"].touchpoints) == ["call", "visit"]
    assert study.parameters == {"ask_probability": 0.6}


def test_ten_mistakes_give_ten_messages_with_their_lines(folder):
    write(
        changed(
            STUDY,
            ("customers: 500", "customers: 12,000"),
            ("share: .3", "share: .2"),
            ("design: {replicates: 2}", "design: {replicats: 2}"),
            ("ask_probability: .6", "ask_probabilty: .6"),
            ("baseline: plain", "baseline: plane"),
        ),
        changed(
            FIRM,
            ("owner: desk", "owner: dask"),
            ("visit: .4", "visit: .5"),
            ("minutes: 30", "minutes: -30"),
        ),
        changed(PLAIN, ("cx_team: 1", "cx_teem: 1"), ("seams: both", "seams: bth")),
    )
    found = problems()
    assert places(found) == [
        ("s.yaml", 4, "baseline"),
        ("s.yaml", 6, "market.customers"),
        ("s.yaml", 7, "market.segments"),
        ("s.yaml", 10, "design.replicats"),
        ("s.yaml", 11, "parameters.ask_probabilty"),
        ("parts/firm.yaml", 11, "journeys.help.touchpoints.call.owner"),
        ("parts/firm.yaml", 14, "journeys.help.touchpoints.call.next"),
        ("parts/firm.yaml", 17, "journeys.help.touchpoints.visit.minutes"),
        ("parts/plain.yaml", 2, "staffing.cx_teem"),
        ("parts/plain.yaml", 3, "ownership.seams"),
    ]
    text = problems_to_text(StudyError(found))
    assert text.startswith("10 problems;")
    assert len(text.splitlines()) == 11
    for words in (
        "Write 12000",
        "`replicates`",
        "`ask_probability`",
        "`desk`",
        "`cx_team`",
        "`both`",
    ):
        assert words in text


def test_mistakes_in_one_touchpoint_do_not_hide_each_other(folder):
    write(
        firm=changed(
            FIRM,
            ("        owner: desk\n", "        ownr: dask\n        automated: yes\n"),
            ("requires: [identity]", "requires: [name]\n        requires: []"),
            ("visit: .4", "vist: .4"),
            ("minutes: 8", "minutes: .nan"),
        )
    )
    found = problems()
    # That no branch leads to `visit` any more follows from `vist` and is not a mistake of its own.
    at = "journeys.help.touchpoints.call."
    assert [p.path for p in found] == [
        f"{at}ownr",
        f"{at}owner",
        f"{at}automated",
        f"{at}minutes",
        f"{at}requires[0]",
        f"{at}requires",
        f"{at}next.vist",
    ]
    assert [p.line for p in found] == [11, 11, 12, 13, 14, 15, 16]


@pytest.mark.parametrize(
    ("swap", "line", "path", "words"),
    [
        (("study: small", "study: a/b"), 1, "study", "at most 60 characters"),
        (("study: small\n", ""), 1, "study", "`study` is missing"),
        (("customers: 500", "customers: 0"), 6, "market.customers", "of 1 or more"),
        (("customers: 500", "customers: 5e2"), 6, "market.customers", "Write 500"),
        (("customers: 500", "customers: '500'"), 6, "market.customers", "Leave out the quotes"),
        (("customers: 500", "customers: true"), 6, "market.customers", "`true` is not a whole"),
        (("customers: 500", "customers:"), 6, "market.customers", "there is no value here"),
        (("share: .7", "share: 70%"), 8, "market.segments.homes.share", "Write 0.7"),
        (("share: .7", "share: '0,7'"), 8, "market.segments.homes.share", "Write 0.7"),
        (("homes:", "Homes:"), 8, "market.segments.homes", "`Homes` is not a permitted name"),
        (("help: 1.5", "halp: 1.5"), 8, "market.segments.homes.needs_per_year.halp", "`help`"),
        (("design: {replicates: 2}", "design: 2"), 10, "design", "where a mapping belongs"),
        (("design: {replicates: 2}", "design: [2]"), 10, "design", "a list stands where"),
        (("replicates: 2", "replicates: 2, replicates: 3"), 10, "design.replicates", "twice"),
        (
            ("{ask_probability: .6}", "{ask_probability: 6}"),
            11,
            "parameters.ask_probability",
            "0 to 1",
        ),
        (
            ("{ask_probability: .6}", "{ask_probability: high}"),
            11,
            "parameters.ask_probability",
            "a number",
        ),
        (
            ("design: {replicates: 2}", "mechanisms: {wait_signals: high}"),
            10,
            "mechanisms.wait_signals",
            "Permitted: `0`, `1`",
        ),
        (
            ("authority: 0.5", "autority: 0.5"),
            3,
            "organisations[1].autority",
            "did you mean `authority`",
        ),
        (
            ("organisation: other", "organisation: plain"),
            3,
            "organisations[1].organisation",
            "comes twice",
        ),
        (("parts/firm.yaml", "parts/form.yaml"), 2, "enterprise", "mean `parts/firm.yaml`"),
        (("parts/firm.yaml", "/etc/passwd"), 2, "enterprise", "is not a relative path"),
        (("parts/firm.yaml", "C:/firm.yaml"), 2, "enterprise", "is not a relative path"),
        (("parts/firm.yaml", "parts\\firm.yaml"), 2, "enterprise", "is not a relative path"),
        (("parts/firm.yaml", "~/firm.yaml"), 2, "enterprise", "is not a relative path"),
        (
            ("parts/firm.yaml", "../../firm.yaml"),
            2,
            "enterprise",
            "leads out of the study's folder",
        ),
        (("parts/firm.yaml", '"a\\0b"'), 2, "enterprise", "there is no file"),
        (("parts/firm.yaml", "parts"), 2, "enterprise", "there is no file"),
        (("parts/firm.yaml", "12"), 2, "enterprise", "where a mapping belongs"),
        (("parts/plain.yaml", "parts/plan.yaml"), 3, "organisations[0]", "`parts/plain.yaml`"),
    ],
)
def test_each_mistake_in_a_study_has_its_message(folder, swap, line, path, words):
    write(changed(STUDY, swap))
    found = problems()
    first = found[0]
    assert len(found) == 1, found
    assert (first.file, first.line) == ("s.yaml", line)
    assert words.lower() in str(first).lower()
    if "Homes" not in swap[1]:
        assert first.path == path


@pytest.mark.parametrize(
    ("swap", "line", "words"),
    [
        (("owner: desk", "owner: dask"), 11, "did you mean `desk`"),
        (("owner: desk", "owner: nobody"), 11, "automated: true"),
        (("owner: desk\n", "mandatory: true\n"), 10, "`owner` is missing"),
        (("minutes: 8", "minutes: eight"), 12, "`eight` is not a number"),
        (("minutes: 8", "mode: alive"), 12, "permitted: `live`, `deferred`"),
        (("start: call", "start: cal"), 8, "did you mean `call`"),
        (("[identity]", "identity"), 13, "where a list belongs"),
        (("[identity]", "[identety]"), 13, "did you mean `identity`"),
        (("visit: .4", "visit: .5"), 14, "add up to 1.1"),
        (("visit: .4", "vist: .4"), 14, "did you mean `visit`"),
        (("{completed: 1}", "{visit: 1}"), 15, "no exit"),
        (("desk: {}", "desk: {heads: 1.5}"), 3, "`1.5` is not a whole number"),
        (("desk: {}", "desk: {head: 3}"), 3, "did you mean `heads`"),
        (("  desk: {}\n  field:\n", ""), 2, "there is no value here"),
        (("identity: customer", "identity: client"), 5, "permitted: `customer`, `case`"),
        (("enterprise: firm", "enterprise: firm\nenterprise: form"), 2, "given twice"),
        (("    touchpoints:", "\ttouchpoints:"), 9, "tab"),
        (("enterprise: firm", "- firm"), 2, "indentation"),
    ],
)  # fmt: skip
def test_each_mistake_in_an_enterprise_has_its_message(folder, swap, line, words):
    write(firm=changed(FIRM, swap))
    found = problems()
    first = found[0]
    assert len(found) == 1, found
    assert (first.file, first.line) == ("parts/firm.yaml", line)
    assert words.lower() in str(first).lower()


@pytest.mark.parametrize("text", ["", "12\n", "- a\n", "a: [\n", "a: 1\n---\nb: 1\n", "{}\n"])
@pytest.mark.parametrize("name", ["study", "firm", "plain"])
def test_a_file_that_is_no_mapping_is_refused(folder, name, text):
    write(**{name: text})
    file = {"study": "s.yaml", "firm": "parts/firm.yaml", "plain": "parts/plain.yaml"}[name]
    assert {problem.file for problem in problems()} == {file}


def test_a_broken_file_hides_no_mistake_of_the_others(folder):
    write(
        changed(STUDY, ("customers: 500", "customers: -5"), ("baseline: plain", "baseline: no")),
        "enterprise: [\n",
        changed(PLAIN, ("seams: both", "seams: none")),
    )
    assert places(problems()) == [
        ("s.yaml", 4, "baseline"),
        ("s.yaml", 6, "market.customers"),
        ("parts/firm.yaml", 1, ""),
        ("parts/plain.yaml", 3, "ownership.seams"),
    ]


def test_a_lost_org_model_may_still_be_the_baseline(folder):
    write(changed(STUDY, ("parts/plain.yaml", "gone/plain.yaml")))
    assert places(problems()) == [("s.yaml", 3, "organisations[0]")]


@pytest.mark.parametrize("item", ["12", "[1]", "", "{label: no name}"])
def test_an_org_model_without_a_name_may_be_the_baseline(folder, item):
    write(
        changed(
            STUDY,
            ("[parts/plain.yaml, {organisation: other, authority: 0.5}]", f"\n  - {item}"),
        )
    )
    assert [problem.line for problem in problems()] == [4]


def test_files_beside_the_studys_folder_may_be_named(folder):
    (folder / "parts").rename(folder.parent / "parts")
    text = STUDY.replace("parts/", "../parts/")
    (folder / "s.yaml").write_text(text)
    assert load_study("s.yaml").enterprise.enterprise == "firm"


def test_a_link_does_not_lead_out_either(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "firm.yaml"
    elsewhere.write_text(FIRM)
    (folder / "link.yaml").symlink_to(elsewhere)
    write(changed(STUDY, ("parts/firm.yaml", "link.yaml")))
    assert "leads out of the study's folder" in problems()[0].message


def test_overrides_reach_every_file(folder):
    study = load_study(
        "s.yaml",
        overrides=[
            "market.customers=9",
            "organisations.plain.staffing.liaison=2",
            "organisations[1].authority=.25",
            "enterprise.journeys.help.touchpoints.call.next.visit=0.1",
            "enterprise.journeys.help.touchpoints.call.next.completed=9e-1",
            "enterprise.journeys.help.touchpoints.visit.next.call=0",
            "design.horizon_days=0300",
            "parameters.note_spoken=.5",
            "enterprise.functions.field.heads=4",
        ],
        seed=77,
    )
    assert study.market.customers == 9
    assert study.organisations[0].staffing.liaison == 2
    assert study.organisations[1].authority == 0.25
    assert study.enterprise.journeys["help"].touchpoints["call"].next == {
        "visit": 0.1,
        "completed": 0.9,
    }
    assert (study.design.horizon_days, study.design.seed) == (300, 77)
    assert study.parameters == {"ask_probability": 0.6, "note_spoken": 0.5}
    assert study.enterprise.functions["field"].heads == 4


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("desing.seed=2", "did you mean `design`"),
        ("design.sed=2", "did you mean `seed`"),
        ("organisations.plane.authority=1", "did you mean `plain`"),
        ("organisations.7.authority=1", "there is no `7` here"),
        ("enterprise.journeys.halp.value=1", "did you mean `help`"),
        ("enterprise.functions.dask.heads=1", "did you mean `desk`"),
        ("parameters.ask_probabilty=.5", "did you mean `ask_probability`"),
        ("parameters.ask_probability=5", "permitted: 0 to 1"),
        ("parameters.broken_weight=.5", "permitted: 1"),
        ("parameters.ask_probability.x=5", "nothing stands below a single value"),
        ("design.seed=yes", "`yes` is not a whole number"),
        ("design.seed=.nan", "not a finite number"),
        ("design.seed=", "this is not `key.path=value`"),
        ("design.seed", "this is not `key.path=value`"),
        ("=2", "this is not `key.path=value`"),
        ("study=[", "not closed properly"),
        ("organisations.plain.ownership.seams=bath", "did you mean `both`"),
        ("baseline=plan", "did you mean `plain`"),
        ("headline=profit", "not a measure of which more or less is better"),
    ],
)
def test_each_wrong_override_has_its_message(folder, override, words):
    found = problems(overrides=[override])
    assert len(found) == 1
    assert (found[0].file, found[0].line) == (f"--set {override}", None)
    assert words.lower() in str(found[0]).lower()


def test_a_wrong_path_to_a_section_that_is_not_there_is_one_problem(folder):
    write(changed(STUDY, ("design: {replicates: 2}\n", "")))
    assert len(problems(overrides=["desing.seed=2"])) == 1
    assert load_study("s.yaml", overrides=["design.seed=2"]).design.seed == 2


def test_options_come_after_the_files(folder):
    write(changed(STUDY, ("customers: 500", "customers: 0")))
    found = problems(overrides=["baseline=x", "design.seed=x"], seed=-1, orgs=["othr"])
    assert [p.file for p in found] == ["s.yaml", "--seed -1", "--set baseline=x", "--orgs othr"]
    assert "did you mean `other`" in found[-1].remedy


def test_a_weak_spot_is_a_function_or_a_seam(folder):
    write(STUDY + "weak_spots: {desk: 3, desk>field: 2}\n")
    assert load_study("s.yaml").weak_spots == {"desk": 3, "desk>field": 2}
    write(STUDY + "weak_spots: {dusk: 3, desk>feld: 2, a>b>c: 1, field: -1}\n")
    found = {problem.path: str(problem) for problem in problems()}
    assert set(found) == {f"weak_spots.{name}" for name in ("dusk", "desk>feld", "a>b>c", "field")}
    assert (
        "neither a function nor a seam between two, such as `desk>field`"
        in found["weak_spots.dusk"]
    )
    assert "Did you mean `desk`" in found["weak_spots.dusk"]


def test_a_key_that_is_too_long_is_told_at_its_line(folder):
    write(f"{STUDY}weak_spots:\n  desk: 3\n  {'x' * 137}: 2\n")
    (problem,) = problems()
    assert problem.line == STUDY.count("\n") + 3
    assert "this key has 137 characters" in str(problem)
    assert "at most 100 characters" in str(problem)


def test_chosen_org_models_keep_the_baseline(folder):
    names = [m.organisation for m in load_study("s.yaml", orgs=["other"]).organisations]
    assert names == ["plain", "other"]
    names = [m.organisation for m in load_study("s.yaml", orgs=["plain"]).organisations]
    assert names == ["plain"]


def test_one_problem_is_not_called_problems(folder):
    write(changed(STUDY, ("customers: 500", "customers: 0")))
    assert problems_to_text(StudyError(problems())).startswith("1 problem;")


def test_who_cannot_be_staffed_is_told_at_the_line_of_the_lever(folder):
    small = changed(FIRM, ("desk: {}", "desk: {heads: 3}"), ("field:\n", "field: {heads: 1}\n"))
    write(firm=small, plain=changed(PLAIN, ("cx_team: 1", "idle: 3")))
    (found,) = problems()
    assert "would have nobody left" in found.message
    assert (found.file, found.line, found.path) == ("parts/plain.yaml", 2, "staffing")
