"""What strangers' bytes reach: each parser and decoder as a function that must not be surprised.

A target may raise what it promises. Anything else, a crash, more than `SLOW_S` for one input or
more than `MEMORY_MB` is a fault.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.delivery.stored import unpack
from foveate.errors import BadRequest, BadSettings, FoveateError, ImageError, SourceError
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import open_image
from foveate.imaging.directories import refuse_tangled
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.exif import copyright_alone, into_jpeg, upright
from foveate.imaging.formats import sniff
from foveate.imaging.heic_header import read_header
from foveate.imaging.probe import probe
from foveate.imaging.svg import natural_size
from foveate.options.draw import options_from_json, overlays_from_json
from foveate.options.grammar import format_options, parse_options, split_path
from foveate.options.negotiate import read_client
from foveate.options.signing import Signer, split_query
from foveate.settings import Limits
from foveate.storage.headers import join_headers, read_headers
from foveate.storage.policy import parse_pattern, parse_url
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW_S: Final = 5
MEMORY_MB: Final = 700
"""With what Python and libvips take before the first picture."""
SMALL: Final = Limits(max_pixels=250_000, max_bytes=200_000, max_animation_pixels=1_000_000)
SIGNER: Final = Signer(("a key",))
"""So that a picture is done in a moment, and many are tried."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser or a decoder, what it may raise, and how long inputs are worth trying."""

    run: Callable[[bytes], object]
    raises: tuple[type[Exception], ...]
    max_bytes: int = 4096


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("latin-1"))


def _options(text: str) -> None:
    asked = parse_options(text).options
    again = parse_options(format_options(asked)).options
    if again != asked:
        raise AssertionError(f"{format_options(asked)!r} reads as {again}")


def _draw(data: bytes) -> None:
    content = json.loads(data)
    options_from_json(content)
    overlays_from_json(content)


def _signature(text: str) -> None:
    path, _, query = text.partition("?")
    split_query(query)
    SIGNER.verify(path, query, 0.0)


def _answer_headers(data: bytes) -> None:
    pairs = (line.partition(b":")[::2] for line in data.split(b"\n"))
    read_headers(join_headers((name.strip(), value.strip()) for name, value in pairs))


def _client(data: bytes) -> None:
    pairs = (line.partition(b":")[::2] for line in data.split(b"\n"))
    read_client(join_headers((name.strip(), value.strip()) for name, value in pairs))


def _picture(data: bytes) -> None:
    facts = probe(data, SMALL)
    image = to_srgb(open_image(data, facts, frames=-1))
    encode(image, EncodeOptions(format="png", fast=True))


def _exif(data: bytes) -> None:
    into_jpeg(b"\xff\xd8\xff\xd9", copyright_alone(data))
    into_jpeg(b"\xff\xd8\xff\xd9", upright(data))


IMAGE: Final = (ImageError, SourceError)
TARGETS: Final[dict[str, Target]] = {
    "options": Target(_text(_options), (BadRequest,)),
    "paths": Target(_text(split_path), (BadRequest,)),
    "signatures": Target(_text(_signature), (BadRequest, FoveateError)),
    "draw": Target(_draw, (BadRequest, ValueError, RecursionError)),
    "urls": Target(_text(parse_url), (BadRequest,)),
    "patterns": Target(_text(parse_pattern), (BadSettings,)),
    "answer-headers": Target(_answer_headers, ()),
    "client-headers": Target(_client, ()),
    "stored": Target(unpack, ()),
    "sniff": Target(sniff, IMAGE),
    "exif": Target(_exif, ()),
    "heic-header": Target(read_header, IMAGE),
    "svg": Target(natural_size, IMAGE),
    "tiff-directories": Target(partial(refuse_tangled, kind=ImageFormat.TIFF), IMAGE),
    **{
        name: Target(_picture, IMAGE, max_bytes=20_000)
        for name in ("jpeg", "png", "webp", "gif", "tiff", "avif")
    },
}
