"""Names and labels that people, or a file system, could not tell from one another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from sim.study.errors import Complaint
from sim.study.levers import OrgModel


def as_seen(text: str) -> str:
    """Return a text without what hardly shows: case, forms of a sign, spaces and dots at its end.

    Letters that are written in two ways become one (Unicode, Normalization Forms, NFKC), and
    signs without a shape of their own are left out.
    """
    shown = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", shown).casefold())
    return " ".join(plain.split()).rstrip(" .")


def check_look_alikes(organisations: Iterable[OrgModel]) -> Iterator[Complaint]:
    """Yield complaints about org models that are called, or labelled, like an earlier one."""
    names: dict[str, str] = {}
    labels: dict[str, str] = {}
    for index, model in enumerate(organisations):
        name, label = model.organisation, model.label or model.organisation
        twin = names.get(as_seen(name))
        if twin is not None:
            message = (
                f"the org model `{name}` comes twice"
                if twin == name
                else f"the org model `{name}` differs from `{twin}` by nothing that shows"
            )
            yield Complaint(("organisations", index, "organisation"), message, "rename one of them")
            continue
        names[as_seen(name)] = name
        other = labels.setdefault(as_seen(label), name)
        if other != name:
            message = f"`{name}` is labelled as `{other}` is, and no figure could tell them apart"
            key = "label" if model.label else "organisation"
            yield Complaint(("organisations", index, key), message, "give it a label of its own")
