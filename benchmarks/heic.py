"""A photo as HEIC, which nothing that Foveate comes with can write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import corpus
from peers import _install, _run

if TYPE_CHECKING:
    from pathlib import Path

WRITER: Final = ("pillow-heif==1.4.0",)
_CODE: Final = """
import sys, pillow_heif, PIL.Image
pillow_heif.register_heif_opener()
PIL.Image.open(sys.argv[1]).save(sys.argv[2], quality=70)
"""
_VENV: Final = corpus.PEERS / "heif"


def build() -> list[Path]:
    """Return one photo of 4032x3024 as HEIC, made on the first call; its writer is installed."""
    jpeg = corpus.build("phone")[0]
    path = jpeg.with_suffix(".heic")
    if not path.exists():
        _install(_VENV, WRITER)
        unfinished = path.with_stem("unfinished")
        _run(_VENV / "bin" / "python", "-c", _CODE, jpeg, unfinished)
        unfinished.replace(path)
    return [path]
