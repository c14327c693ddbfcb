"""The rules for Prometheus ask for metrics, labels and errors that there are."""

from __future__ import annotations

import re
from pathlib import Path

from foveate import errors
from foveate.metrics import TABLE
from foveate.server.errors import leaves

TEXT = (Path(__file__).parents[2] / "deploy/prometheus/alerts.yml").read_text("utf-8")
ROWS = {f"foveate_{row.name}{'_total' if row.kind == 'counter' else ''}": row for row in TABLE}


def test_what_is_asked_for_is_counted() -> None:
    asked = re.findall(r"(foveate_[a-z_]+)(?:\{([^}]*)\})?", TEXT)
    assert len(asked) > 8
    for name, chosen in asked:
        assert name in ROWS
        assert set(re.findall(r"(\w+)=", chosen)) <= set(ROWS[name].labels)


def test_errors_are_called_as_they_are() -> None:
    (named,) = re.findall(r'error=~"([^"]+)"', TEXT)
    assert set(named.split("|")) <= {kind.__name__ for kind in leaves(errors.FoveateError)}


def test_each_rule_says_what_to_do() -> None:
    rules = TEXT.split("- alert: ")[1:]
    assert rules
    for rule in rules:
        for word in ("expr:", "severity:", "summary:", "description:"):
            assert word in rule
