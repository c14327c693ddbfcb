"""A file in, one line of JSON and the pixels out.

    python -I __main__.py MEMORY_BYTES CPU_S PARENT TASK [ARGUMENT] < file

A task is a module and its verb: its libraries are imported first, then the process gives up
what it does not need, and only then is the first byte of the file looked at.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final

TASKS: Final = {
    "svg": ("svg", "draw"),
    "svg-size": ("drawing", "tell_size"),
    "svg-filter": ("drawing", "tell_filtered"),
    "heic": ("heic", "decode"),
    "heic-depth": ("heic", "depth"),
    "pillow-probe": ("pillow", "probe"),
    "pillow": ("pillow", "decode"),
    "jp2-probe": ("pillow", "probe"),
    "jp2": ("jp2", "decode"),
    "bmp-probe": ("bmp", "probe"),
    "bmp": ("bmp", "decode"),
    "codec-probe": ("headers", "probe"),
    "codec": ("codec", "decode"),
    "netpbm-probe": ("netpbm", "probe"),
    "netpbm": ("netpbm", "decode"),
    "psd-probe": ("psd", "probe"),
    "psd": ("psd", "decode"),
    "tiff-probe": ("tiff", "probe"),
    "tiff": ("tiff", "decode"),
    "credentials": ("credentials", "sign"),
}
READS_FONTS: Final = {"svg"}
"""Letters are drawn with files of the system."""
_SOURCES: Final = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - pathlib costs 3 ms


def main(memory_bytes: str, cpu_s: str, parent: str, task: str, *arguments: str) -> None:
    """Do the task within bounds."""
    sys.path.insert(0, _SOURCES)  # isolated Python knows what is installed, not where this lies
    from foveate.sandboxed.confine import confine, die_with  # noqa: PLC0415

    die_with(int(parent))
    module, verb = TASKS[task]
    library = import_module(f"foveate.sandboxed.{module}")
    getattr(library, "prepare", _nothing)(*arguments)
    confine(int(memory_bytes), int(cpu_s), parent=int(parent), fonts=task in READS_FONTS)
    getattr(library, verb)(sys.stdin.buffer.read(), *arguments)
    sys.stdout.flush()
    os._exit(0)  # taking libraries down in order costs time, and a lock may be in their way


def _nothing(*_: str) -> None:
    """Prepare nothing: what a module imports is there."""


if __name__ == "__main__":
    main(*sys.argv[1:])
