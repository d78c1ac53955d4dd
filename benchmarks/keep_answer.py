"""What the worlds of the bundled firm said is kept beside its enterprise, for studies without any.

``python -m benchmarks.keep_answer RESULT`` takes it from a result folder of ``worlds``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from analysis.evidence.would_change import ANSWER, KEPT, kept_of

BESIDE = Path(__file__).resolve().parents[1] / "scenarios" / "enterprises" / KEPT


def main() -> int:
    """Keep an answer; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path, help="a result folder of worlds")
    answer = json.loads((parser.parse_args().result / ANSWER).read_text(encoding="utf-8"))
    text = json.dumps(kept_of(answer), indent=1, ensure_ascii=False)
    BESIDE.write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
