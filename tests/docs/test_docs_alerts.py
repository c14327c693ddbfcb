"""The rules for Prometheus ask for metrics, labels and errors that there are."""

from __future__ import annotations

import re
from pathlib import Path

from foveate import errors
from foveate.metrics import HIT, MISS, RENDITIONS, RESPONSES, TABLE
from foveate.server.errors import leaves
from foveate.server.image import ROUTE

TEXT = (Path(__file__).parents[2] / "deploy/prometheus/alerts.yml").read_text("utf-8")
VALUES = {"cache": {RESPONSES, RENDITIONS}, "outcome": {HIT, MISS}, "route": {ROUTE}}
"""That labels have where they are counted."""
ROWS = {f"foveate_{row.name}{'_total' if row.kind == 'counter' else ''}": row for row in TABLE}


def test_what_is_asked_for_is_counted() -> None:
    asked = re.findall(r"(foveate_[a-z_]+)(?:\{([^}]*)\})?", TEXT)
    assert len(asked) > 8
    for name, chosen in asked:
        assert name in ROWS
        assert set(re.findall(r"(\w+)=", chosen)) <= set(ROWS[name].labels)
        for label, value in re.findall(r'(\w+)="([^"]*)"', chosen):
            assert value in VALUES[label]


def test_errors_are_called_as_they_are() -> None:
    (named,) = re.findall(r'error=~"([^"]+)"', TEXT)
    assert set(named.split("|")) <= {kind.__name__ for kind in leaves(errors.FoveateError)}


def test_each_rule_says_what_to_do() -> None:
    rules = TEXT.split("- alert: ")[1:]
    assert rules
    for rule in rules:
        for word in ("expr:", "severity:", "summary:", "description:"):
            assert word in rule
