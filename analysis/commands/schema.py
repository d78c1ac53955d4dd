"""``schema``: the JSON Schema of a study, for editors that complete and check as one types."""

from __future__ import annotations

import argparse
import json
from typing import Any

from analysis.commands.terminal import say
from sim.study.study import Study


def execute(options: argparse.Namespace) -> int:
    """Print the schema."""
    say(json.dumps(study_schema(), indent=2, ensure_ascii=False))
    return 0


def study_schema() -> dict[str, Any]:
    """Return the schema of a study file, in which a part may also be the path of a file."""
    schema = Study.model_json_schema()
    path = {"type": "string", "description": "path of a YAML file, from the study's folder"}
    parts = schema["properties"]
    for part in ("enterprise", "parameters", "mechanisms"):
        parts[part] = {"anyOf": [path, parts[part]]}
    parts["organisations"]["items"] = {"anyOf": [path, parts["organisations"]["items"]]}
    designs = schema["$defs"]["Plan"]["properties"]
    designs["like"] = {
        "type": "string",
        "description": "name of an org model, of this study or bundled, that this one is like in "
        "all that it does not say itself",
    }
    designs["enterprise"] = {"anyOf": [path, designs["enterprise"]]}
    ends = schema["$defs"]["Transition"]["properties"]
    named = {
        "type": "string",
        "description": "name of an org model of this study, or path of a YAML file",
    }
    for end in ("from", "to"):
        ends[end] = {"anyOf": [named, ends[end]]}
    return schema
