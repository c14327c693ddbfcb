"""libvips, set up once for a server: little memory, one thread a picture, few loaders."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Final

import pyvips

Image = pyvips.Image
"""An opened picture: an immutable handle on work that is done when it is written."""

_LOADERS: Final = (
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadWebp",
    "VipsForeignLoadHeif",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadTiff",
    "VipsForeignLoadSvg",
)
"""All that may ever read a file. SVG counts as untrusted in libvips; ours is sanitised first."""

_MMAP_THRESHOLD, _TRIM_THRESHOLD, _ARENA_MAX = -3, -1, -8
_KEEP_BYTES: Final = 4 * 1024 * 1024
"""Larger buffers go back to the kernel when freed, which keeps memory flat. From 128 KiB on it
would be as flat, but a face crop would spend 6 ms of 80 on having pages handed out anew."""
_KEEP_FREE_BYTES: Final = 24 * 1024 * 1024
"""So much stays at the end of the heap until the process is idle. With 4 MiB, whoever looks at a
megapixel had its pages handed out anew for every copy of it: 8 ms of 110."""
_MALLOC_OPTIONS: Final = (
    (_MMAP_THRESHOLD, _KEEP_BYTES),
    (_TRIM_THRESHOLD, _KEEP_FREE_BYTES),
    (_ARENA_MAX, 2),
)


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform == "win32":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None


@cache
def start() -> None:
    """Set up the allocator and libvips; the first call does it, later ones do nothing."""
    if libc := _glibc():
        for option, value in _MALLOC_OPTIONS:
            libc.mallopt(option, value)
    # Requests already run side by side, and no URL asks for the same operation twice.
    pyvips.concurrency_set(1)  # type: ignore[attr-defined]
    pyvips.cache_set_max(0)
    pyvips.block_untrusted_set(state=True)
    pyvips.operation_block_set("VipsForeignLoad", state=True)
    for loader in _LOADERS:
        pyvips.operation_block_set(loader, state=False)


def release_memory() -> None:
    """Give free memory back to the kernel, where the C library can; call it when idle."""
    if libc := _glibc():
        libc.malloc_trim(0)
