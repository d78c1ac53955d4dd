"""What would change an answer: from the last ``worlds`` run of the same study, if there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.evidence.explained_words import named
from sim.keeping.manifest import MANIFEST, study_hash
from sim.keeping.plain_files import plain_object
from sim.reading.bundled import bundled_folder
from sim.running.version import is_of_another_version
from sim.study.study import Study

KEPT = "board.answer.json"
"""What is kept of the worlds of the bundled firm, beside its ensembles."""
ANSWER = "worlds.json"
"""The file that ``worlds`` leaves its answer in."""
OF_STUDY = "of_study"
"""The key in it that tells which study was asked about, by `question_of`."""
UNKNOWN = "What would change this answer: unknown; run `worlds`."
_MOST = 3
_RANKED = (
    "ensemble",
    "org_model",
    "n_worlds",
    "mean",
    "difference",
    "low",
    "high",
    "probability_best",
    "probability_low",
)
"""What is kept of each org model in each ensemble."""
_LONGEST_TOLD = 1000
"""Characters; the answer may be anybody's."""
_LONGEST_TITLE = 100


def question_of(study: Study) -> str:
    """Return 8 hex digits that tell studies apart which worlds answer differently.

    What the enterprise assumes is not among it: worlds draw all of that anew.
    """
    assumed_anew = study.enterprise.model_copy(update={"parameters": {}})
    return study_hash(study.model_copy(update={"enterprise": assumed_anew}))


def what_would_change(study: Study, out: Path, bundled: Path | None = None) -> str:
    """Return in one line what would change the answer to a study, as far as is known.

    Before `worlds` was run of it, what is known of the bundled firm stands for it, and is called
    so: its worlds were run and what they say is kept beside the enterprise.

    Parameters
    ----------
    study : Study
    out : Path
        Parent of the result folders.
    bundled : Path, optional
        What is kept of the bundled firm; where the program has it if left out.
    """
    found = _last_answer(study, out)
    if found is not None and (told := _told(found)):
        return f"What would change this answer, by {_worlds_of(found)}: {told}"
    kept = _kept(bundled)
    if kept is None or not (told := _told(kept)):
        return UNKNOWN
    if kept.get(OF_STUDY) == question_of(study):
        return f"What would change this answer, by {_worlds_of(kept)}: {told}"
    return (
        f"What would change this answer: unknown; run `worlds`. Of the bundled firm, by "
        f"{_worlds_of(kept)}: {told}"
    )


def what_worlds_said(study: Study, out: Path, bundled: Path | None = None) -> str:
    """Return in one line who wins a study over many worlds; nothing where `worlds` was not run.

    Parameters
    ----------
    study, out, bundled
        As in `what_would_change`; what is kept of the bundled firm says nothing of another one.
    """
    kept = _kept(bundled)
    of_same = kept if kept is not None and kept.get(OF_STUDY) == question_of(study) else None
    for answer in (_last_answer(study, out), of_same):
        if answer is None or not isinstance(answer.get("answer"), str):
            continue  # made by another version of the program
        told = answer["answer"][:_LONGEST_TOLD]
        return f"What `worlds` has found over {answer['worlds']} worlds: {told}."
    return ""


def _worlds_of(answer: dict[str, Any]) -> str:
    """Return how many worlds an answer is of, with what its title has to say of them."""
    title = answer.get("title")
    about = f" ({title[:_LONGEST_TITLE]})" if isinstance(title, str) and title else ""
    return f"{answer['worlds']} worlds{about}"


def _told(answer: dict[str, Any]) -> str:
    """Return what would change an answer over worlds; nothing if it does not say."""
    try:
        told = answer["would_change"]
        if told is None:
            return ""
        strongest = [named(str(row["parameter"])) for row in told["strongest"][:_MOST]]
        predicted = told.get("emulator", {}).get("predicted")
        if strongest and isinstance(predicted, float):
            strongest[-1] += (
                f" (all assumptions together predict {100 * max(0.0, predicted):.0f} % of its "
                "variance in worlds not seen)"
            )
        moved = f" What moves the lead most: {'; '.join(strongest)}." if strongest else ""
        return f"{str(told['flips'])[:_LONGEST_TOLD]}{moved}"
    except (KeyError, TypeError, AttributeError):
        return ""  # made by another version of the program


def kept_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what of an answer over worlds is kept beside an enterprise.

    Parameters
    ----------
    answer : dict
        As `worlds` leaves it.
    """
    told = answer["would_change"]
    names = ("flips", "flips_right", "emulator")
    about = ("study", OF_STUDY, "worlds", "answer", "title", "baseline", "labels", "one_head")
    return {
        **{name: answer[name] for name in about},
        "org_models": [{key: row[key] for key in _RANKED} for row in answer["org_models"]],
        "would_change": {
            **{name: told[name] for name in names},
            "strongest": [
                {key: row[key] for key in ("parameter", "swing")}
                for row in told["strongest"][:_MOST]
            ],
        },
    }


def _kept(file: Path | None) -> dict[str, Any] | None:
    """Return what is kept in a file, of the bundled firm if none is given."""
    file = bundled_folder() / "enterprises" / KEPT if file is None else file
    try:
        found = plain_object(file)
    except (OSError, ValueError):
        return None
    return found if _is_number(found.get("worlds")) else None


def _last_answer(study: Study, out: Path) -> dict[str, Any] | None:
    """Return the newest answer over worlds to the same study.

    What lies beside a result may be anybody's: what is no answer is passed over, and so is one of
    another engine, whose numbers are not those of this one.
    """
    wanted, answers = question_of(study), []
    for file in sorted(out.glob(f"*/{ANSWER}")):
        try:
            answer = plain_object(file)
            made = file.stat().st_mtime_ns
        except (OSError, ValueError):
            continue
        ours = answer.get(OF_STUDY) == wanted and _is_number(answer.get("worlds"))
        if ours and not _by_another_version(file.parent):
            answers.append((made, answer))
    return max(answers, key=lambda each: each[0])[1] if answers else None


def _by_another_version(folder: Path) -> bool:
    try:
        return is_of_another_version(plain_object(folder / MANIFEST))
    except (OSError, ValueError):
        return False  # nobody says which version it was


def _is_number(value: object) -> bool:
    return type(value) is int
