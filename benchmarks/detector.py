"""How well and how fast faces are found: `faces.py`, read as one more measurement."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import peers
from results import DATA, Check, Outcome, Table

TITLE: Final = "Face detector"
SCRIPT: Final = Path(__file__).parent / "faces.py"
TARGETS: Final = (
    ("face_boxes", "AP", 0.87),
    ("face_boxes_dlib", "recall", 1.0),
    ("face_boxes_dlib", "precision", 1.0),
)


def _checks(found: dict[str, Any]) -> list[Check]:
    checks = []
    for name, measure, target in TARGETS:
        got = float(found[name][measure])
        checks.append(Check(f"{name}: {measure}", f">= {target:g}", f"{got:.3f}", got >= target))
    return checks


def detector(*, quick: bool) -> Outcome:  # noqa: ARG001 - all of it is quick
    """Return recall, precision and AP on faces others have marked, time and memory."""
    peers.pull_weights()
    command = [sys.executable, str(SCRIPT), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{SCRIPT.name} failed:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    outcome = Outcome("detector", TITLE)
    if DATA.exists():
        outcome.checks = _checks(found)
    else:
        outcome.notes = ["Quality needs ground truth that is not part of the repository."]
    rows = [(name, key, str(value)) for name in found for key, value in _flat(found[name])]
    outcome.tables = [Table("Measured", ("what", "which", "value"), rows)]
    return outcome


def _flat(values: object) -> list[tuple[str, object]]:
    if not isinstance(values, dict):
        return [("", values)]
    pairs = ((key, inner) for key, inner in values.items())
    return [
        (f"{key} {name}".strip(), value) for key, inner in pairs for name, value in _flat(inner)
    ]
