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
photo = PIL.Image.open(sys.argv[1])
photo.thumbnail([int(sys.argv[3])] * 2)
photo.save(sys.argv[2], quality=70)
"""
_VENV: Final = corpus.PEERS / "heif"


def build(suffix: str = ".heic", long_side: int = 4032) -> list[Path]:
    """Return one photo of 4:3 as HEIC, made on the first call; its writer is installed."""
    jpeg = corpus.build("phone")[0]
    path = jpeg.with_suffix(suffix)
    if not path.exists():
        _install(_VENV, WRITER)
        unfinished = path.with_stem("unfinished")
        _run(_VENV / "bin" / "python", "-c", _CODE, jpeg, unfinished, str(long_side))
        unfinished.replace(path)
    return [path]
