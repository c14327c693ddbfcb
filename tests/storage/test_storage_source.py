from __future__ import annotations

import hashlib

import pytest

from foveate.errors import NotAnImage
from foveate.geometry.box import Size
from foveate.storage.source import Source
from foveate.values import Facts, ImageFormat


def test_a_source_is_probed_once_and_hashed_once() -> None:
    probed: list[bytes] = []

    def probe(data: bytes) -> Facts:
        probed.append(data)
        return Facts(format=ImageFormat.PNG, stored=Size(3, 2), bytes=len(data))

    source = Source(b"picture", "v1", probe=probe)
    assert probed == []
    assert source.facts is source.facts
    assert probed == [b"picture"]
    assert source.digest == hashlib.sha256(b"picture").hexdigest()
    assert source.digest is source.digest


def test_what_a_probe_refuses_is_refused_each_time() -> None:
    def probe(data: bytes) -> Facts:
        raise NotAnImage(repr(data))

    source = Source(b"words", probe=probe)
    for _ in range(2):
        with pytest.raises(NotAnImage, match="words"):
            _ = source.facts
