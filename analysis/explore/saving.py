"""A window's study as a file: YAML with everything in it, which any command takes."""

from __future__ import annotations

import yaml

from sim.study.study import Study

_HEADING = """\
# A study saved by the what-if page. It holds everything, org models and firm included.
# {changed}
#
#   {program} validate FILE     checks it and shows what was understood
#   {program} compare FILE      runs the comparison that the page showed

"""


class _Writer(yaml.SafeDumper):
    """Writes no anchors, and quotes what a reader of YAML 1.2 would take for a number."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _word(writer: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = text.replace("_", "").replace(" ", "").isalpha()
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Writer.add_representer(str, _word)


def saved_study(study: Study, program: str) -> str:
    """Return a study as the text of a file.

    Parameters
    ----------
    study : Study
        As it was read; what was changed of it stands in the heading.
    program : str
        The word that starts the program, in its hints.
    """
    data = study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    changes = ", ".join(study.changes)
    changed = f"Changed: {changes}".replace("\n", " ") if changes else "Nothing was changed."
    text = yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=96)
    return _HEADING.format(program=program, changed=changed) + text
