"""The last failures, as who operates a server sees them."""

from __future__ import annotations

from foveate.server.exchange import Exchange
from foveate.server.recent import MOST, Recent


def over(status: int, path: str = "/private/ann.jpg") -> Exchange:
    exchange = Exchange(id=f"r{status}", method="GET", path=path, headers={})
    exchange.route, exchange.status, exchange.seconds = "image", status, 0.0123
    exchange.error = "QueueFull" if status == 503 else ""
    return exchange


def test_failures_are_remembered_by_route_without_their_address() -> None:
    recent = Recent(clock=lambda: 1000.0)
    for status in (200, 304, 404, 503):
        recent(over(status))
    told = recent.to_json()
    assert [row["status"] for row in told] == [503, 404]
    assert told[0] == {
        "time": 1000.0, "route": "image", "status": 503, "error": "QueueFull", "request": "r503",
        "ms": 12.3
    }  # fmt: skip
    assert told[1]["error"] == "NotFound", "what no route took has a name too"
    assert "ann" not in str(told)


def test_only_the_last_are() -> None:
    recent = Recent()
    for _ in range(2 * MOST):
        recent(over(500))
    assert len(recent.to_json()) == MOST
