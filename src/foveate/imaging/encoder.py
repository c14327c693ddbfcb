"""The program behind `encode_apart.py`: raw pixels of 8 bits in, a file out.

    python -I encoder.py MEMORY_BYTES CPU_S PARENT FACTS SAVER KEYWORDS < pixels

It imports little, so that it starts in a moment.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64decode
from typing import Any, Final

_SOURCES: Final = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - pathlib costs 3 ms


def main(memory_bytes: str, cpu_s: str, parent: str, facts: str, saver: str, keywords: str) -> None:
    """Write standard input, a file that can be mapped, as `saver` does, within bounds."""
    sys.path.insert(0, _SOURCES)  # isolated Python knows what is installed, not where this lies
    from foveate.sandboxed.confine import bound, die_with  # noqa: PLC0415

    die_with(int(parent))
    bound(int(memory_bytes), int(cpu_s))
    _write(_picture(json.loads(facts)), saver, json.loads(keywords))


def _write(image: Any, saver: str, how: dict[str, Any]) -> None:  # noqa: ANN401 - as below
    from foveate.imaging.jxl import SAVER, jxl  # noqa: PLC0415 - within those bounds

    if saver == SAVER:
        sys.stdout.buffer.write(jxl(image.numpy(), **how))
        return
    import pyvips  # noqa: PLC0415

    pyvips.concurrency_set(1)  # type: ignore[attr-defined]
    if sys.platform == "win32":
        sys.stdout.buffer.write(getattr(image, f"{saver}_buffer")(**how))
        return
    target = pyvips.Target.new_to_descriptor(sys.stdout.fileno())
    getattr(image, f"{saver}_target")(target, **how)


def _picture(facts: dict[str, Any]) -> Any:  # noqa: ANN401 - its class is not known here
    import pyvips  # noqa: PLC0415

    if sys.platform == "win32":
        pixels = sys.stdin.buffer.read()
        width, height, bands = facts["shape"]
        image = pyvips.Image.new_from_memory(pixels, width, height, bands, "uchar")
    else:
        image = pyvips.Image.rawload("/dev/fd/0", *facts["shape"])
    image = image.copy(interpretation=facts["interpretation"])
    for name, value in facts["numbers"].items():
        image.set_type(pyvips.GValue.gint_type, name, value)
    if facts["delay"]:
        image.set_type(pyvips.GValue.array_int_type, "delay", facts["delay"])
    if facts["profile"]:
        profile = b64decode(facts["profile"])
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)  # type: ignore[arg-type]
    return image


if __name__ == "__main__":
    main(*sys.argv[1:])
