"""Encoders that cannot be stopped run in a process of their own, which can be ended.

This is the side that asks; `encoder.py` is the program that runs there.
"""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyvips

from foveate.errors import EncodeFailed
from foveate.imaging.child import run, unnamed
from foveate.imaging.fields import blob, number, numbers

if TYPE_CHECKING:
    from foveate.imaging.engine import Image

PROGRAM: Final = Path(__file__).with_name("encoder.py")
MOST_S: Final = 3600.0
ROOM_BYTES: Final = 512 * 1024 * 1024
MOST_BYTES: Final = 100
"""Of memory for each pixel, beside that: the greediest encoder was measured to take 95."""
_NUMBERS: Final = ("page-height", "n-pages", "loop")


def encoded_apart(image: Image, saver: str, how: dict[str, Any]) -> bytes:
    """Return what `saver`, libvips' or ours, writes with the keywords `how`, by its own process.

    Of what travels with the picture, the profile and what belongs to frames go along. Pixels are
    computed here. Raises pyvips.Error while they are, EncodeFailed, TimedOut, ClientDisconnected,
    and DecoderKilled when somebody else ended the process.
    """
    room = ROOM_BYTES + image.width * image.height * MOST_BYTES
    with unnamed() as pixels, unnamed() as said:
        image.rawsave_target(pyvips.Target.new_to_descriptor(pixels.fileno()))
        ended = run(
            PROGRAM,
            *(json.dumps(_facts(image)), saver, json.dumps(how)),
            task=saver,
            given=pixels,
            said=said,
            memory_bytes=room,
            timeout_s=MOST_S,
        )
        if ended.code:
            raise EncodeFailed(f"Expected {saver} to write: exit {ended.code} {ended.reason}")
        said.seek(0)
        return said.read()


def _facts(image: Image) -> dict[str, Any]:
    """Return what there is to know of raw pixels, as JSON can say it."""
    return {
        "shape": [image.width, image.height, image.bands],
        "interpretation": image.interpretation,
        "numbers": {name: number(image, name, 0) for name in _NUMBERS if image.get_typeof(name)},
        "delay": numbers(image, "delay"),
        "profile": b64encode(blob(image, "icc-profile-data")).decode(),
    }
