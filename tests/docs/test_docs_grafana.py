"""The dashboard asks for metrics that there are, in the way that their kind allows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from foveate.metrics import LATENCY, TABLE, Metrics, Row

FILE = Path(__file__).parents[2] / "deploy/grafana/foveate.json"
BOARD = json.loads(FILE.read_text("utf-8"))
EXPRESSIONS = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
SERIES = re.compile(r"(?<![\w$\"])([a-z]+_[a-z_]+)\{([^}]*)\}(\[\$__rate_interval\])?")
SUFFIX = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
OF_SERVER = {"instance"}


def series() -> dict[str, tuple[Row, str]]:
    """Return the rows by the names of their series, with the kind."""
    return {
        f"foveate_{row.name}{suffix}": (row, row.kind)
        for row in TABLE
        for suffix in SUFFIX[row.kind]
    }


def labels(text: str) -> set[str]:
    return set(re.findall(r"(\w+)(?:=|!|~)", text))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_is_counted(expression: str) -> None:
    found = SERIES.findall(expression)
    assert found
    process = Metrics().exposition()[1].decode()
    for name, chosen, over_time in found:
        if name.startswith("process_"):
            assert f"\n{name} " in process
            continue
        row, kind = series()[name]
        own = set(row.labels) | OF_SERVER
        assert labels(chosen) <= own
        assert bool(over_time) == (kind != "gauge"), "what only grows is asked for by its rate"
        for by in re.findall(r"by \(([^)]*)\)", expression):
            assert set(by.split(", ")) <= own | ({"le"} if name.endswith("_bucket") else set())


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_can_be_read(expression: str) -> None:
    for opening, closing in ("()", "{}", "[]"):
        assert expression.count(opening) == expression.count(closing)
    if "_bucket" in expression:
        assert re.match(r"histogram_quantile\(0\.\d+, sum by \(le\b", expression)


@pytest.mark.parametrize("panel", BOARD["panels"], ids=lambda panel: str(panel["title"]))
def test_lines_are_called_by_labels_that_they_have(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        grouped = re.findall(r"by \(([^)]*)\)", target["expr"])
        kept = {name for by in grouped for name in by.split(", ")} if grouped else OF_SERVER
        assert named <= kept


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {series()[name][0] for name, *_ in SERIES.findall("\n".join(EXPRESSIONS))
             if name.startswith("foveate_")}  # fmt: skip
    assert shown == set(TABLE)


def test_panels_lie_beside_each_other_and_have_ids_of_their_own() -> None:
    taken = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken
                taken.add((x, y))
        assert panel["datasource"]["uid"] == "${source}"
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_the_source_and_the_servers_are_chosen_on_the_page() -> None:
    source, instances = BOARD["templating"]["list"]
    assert (source["name"], source["type"]) == ("source", "datasource")
    (asked,) = re.findall(r"label_values\((\w+), instance\)", instances["query"]["query"])
    assert asked in series()


def test_image_urls_are_a_route_of_that_name() -> None:
    from foveate.server.image import ROUTE  # noqa: PLC0415 - only this asks

    assert any(f'route="{ROUTE}"' in text and LATENCY.name in text for text in EXPRESSIONS)
