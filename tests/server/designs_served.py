"""A server with designs, for tests."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
from designs_stand import POSTER, poster_in
from server_fakes import listening

from foveate.app import create
from foveate.settings import Caching, Costs, Designs, Origins, People, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.imaging import Image

PATH = "/v1/designs"
XML = {"content-type": "application/xml"}


@contextlib.contextmanager
def served(folder: Path, photo: Image | None = None, **more: Any) -> Iterator[httpx.Client]:
    if photo is not None:
        poster_in(folder, photo)
    settings = Settings(
        origins=Origins(folder=str(folder)),
        caching=Caching(folder=str(folder / "cache")),
        costs=Costs(folder=str(folder / "ledger")),
        people=People(folder=str(folder / "people")),
        designs=Designs(folder=str(folder / "designs"), versions=3),
    )
    core = create(replace(settings, **more))
    with (
        listening(core) as port,  # type: ignore[arg-type]
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client,
    ):
        yield client


def kept(client: httpx.Client, text: str = POSTER, **query: str) -> dict[str, Any]:
    answer = client.post(PATH, content=text, headers=XML, params=query)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told
