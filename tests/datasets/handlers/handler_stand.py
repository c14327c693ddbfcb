"""Handlers as strangers write them, and the raw data that they are given."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from foveate.datasets.sample import Sample
from foveate.errors import SourceNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Handler


class InMemory:
    """The pictures of raw data, by their source."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        self.pictures = pictures

    def read(self, source: str) -> bytes:
        if source not in self.pictures:
            raise SourceNotFound(source)
        return self.pictures[source]


def a_sample(key: str = "cats/7", data: bytes = b"picture", **more: object) -> Sample:
    digest = hashlib.sha256(data).hexdigest()
    return Sample(key=key, source=f"{key}.jpg", digest=digest, **more)  # type: ignore[arg-type]


def prepared(handler: Handler, sample: Sample, data: bytes, seed: int) -> Sequence[Made]:
    """Return what is made of a sample, and wait for that."""
    handler.ask(sample, data, seed)
    return handler.answer()()


def placed(folder: Path, name: str, code: str) -> Path:
    """Write a handler where Python finds it, as if it were installed."""
    (folder / f"{name}.py").write_text(code)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[foveate.handlers]\n{name} = {name}\n")
    return folder
