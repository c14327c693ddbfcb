"""What `/metrics` says of networks, and of what was done in the next best way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from observed import FACE, make_app, serving

from foveate.models.runtime.lazy_session import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observed import Client

    from foveate.imaging import Image

CPU = "CPUExecutionProvider"


@dataclass
class Networks:
    """A registry whose networks worked as much as the test says."""

    used: dict[str, Usage] = field(default_factory=dict)

    def usage(self) -> Mapping[str, Usage]:
        return self.used

    def loaded(self) -> Mapping[str, str]:
        return {}


def figures(client: Client, name: str) -> dict[str, float]:
    """The values of one metric by their labels."""
    lines = client.ask("/metrics").body.decode().splitlines()
    rows = [line.removeprefix(name).split() for line in lines if line.startswith(name)]
    return {labels: float(value) for labels, value in rows}


def test_networks_are_counted_where_they_run(tmp_path: Path, photo: Image) -> None:
    networks = Networks({"gaze": Usage(runs=0, seconds=0.0, provider="", fell_back=0)})
    app = replace(make_app(tmp_path, photo), registry=networks)  # type: ignore[arg-type]
    with serving(app) as client:
        assert figures(client, "foveate_network_runs_total") == {'{network="gaze"}': 0}
        networks.used = {
            "gaze": Usage(runs=3, seconds=0.25, provider=CPU, fell_back=3),
            "retinaface": Usage(runs=7, seconds=0.5, provider=CPU, fell_back=0),
        }
        assert figures(client, "foveate_network_runs_total") == {
            '{network="gaze"}': 3,
            '{network="retinaface"}': 7,
        }
        assert figures(client, "foveate_network_seconds_total") == {
            '{network="gaze"}': 0.25,
            '{network="retinaface"}': 0.5,
        }
        assert figures(client, "foveate_fallbacks_total") == {'{what="gaze"}': 3}


def test_the_networks_of_the_service_are_there_before_they_are_used(
    tmp_path: Path, photo: Image
) -> None:
    with serving(make_app(tmp_path, photo)) as client:
        runs = figures(client, "foveate_network_runs_total")
    assert runs['{network="retinaface"}'] == 0


def test_requests_to_keep_faces_that_were_not_there_are_counted(
    tmp_path: Path, photo: Image
) -> None:
    aspects = "/v1/crops?aspect=1:1&aspect=9:16&render=true"
    with serving(make_app(tmp_path, photo, faces=False)) as client:
        assert figures(client, "foveate_fallbacks_total") == {}
        assert client.ask(FACE).status == 200
        assert client.ask(FACE).hit
        assert figures(client, "foveate_fallbacks_total") == {'{what="gravity"}': 1}
        assert client.ask(aspects, "POST", photo.pngsave_buffer()).status == 200
        assert figures(client, "foveate_fallbacks_total") == {'{what="gravity"}': 2}


def test_faces_that_were_kept_are_no_fallback(tmp_path: Path, photo: Image) -> None:
    with serving(make_app(tmp_path, photo)) as client:
        assert client.ask(FACE).headers["foveate-gravity"] == "face"
        assert figures(client, "foveate_fallbacks_total") == {}
