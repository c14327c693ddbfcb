"""What strangers' bytes reach: each parser and decoder as a function that must not be surprised.

A target may raise what it promises. Anything else, a crash, more than `SLOW_S` for one input or
more than `MEMORY_MB` is a fault. Decoders of the sandbox are tried without its walls.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from foveate.delivery.stored import unpack
from foveate.design import in_json as design_json
from foveate.design.by_url import ByUrl
from foveate.design.scene.model import Page, Picture, Run, Scene, Text
from foveate.design.xml import reading as design_xml
from foveate.design.xml.writing import dumps
from foveate.errors import BadRequest, BadSettings, FoveateError, ImageError, SourceError
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import open_image
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.exif import copyright_alone, into_jpeg, upright
from foveate.imaging.formats import sniff
from foveate.imaging.frame_walk import walk
from foveate.imaging.gain_map import without_claims
from foveate.imaging.heic_depth import depth_size
from foveate.imaging.heic_header import read_header
from foveate.imaging.jpeg_depth import depth_of
from foveate.imaging.manifest_store import store_bytes
from foveate.imaging.probe import probe
from foveate.imaging.signalled import signalled
from foveate.imaging.svg_entities import refuse_bombs
from foveate.imaging.tiff_bounds import read_tiff
from foveate.options.draw import options_from_json, overlays_from_json
from foveate.options.grammar import format_options, parse_options, redirects_on_error, split_path
from foveate.options.negotiate import read_client
from foveate.options.signing import Signer, split_query
from foveate.options.translators.mounts import mounts
from foveate.sandboxed import bmp, drawing, jxl, netpbm, psd
from foveate.settings import Hosted, Limits, Peers, Settings
from foveate.storage.codings import decode
from foveate.storage.headers import join_headers, kept_headers, read_headers, renewed_headers
from foveate.storage.keys import under
from foveate.storage.policy import canonical, parse_pattern, parse_url
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

CARD: Final = Scene(
    pages=(
        Page(
            id="p",
            width=90,
            height=90,
            blocks=(
                Text(id="title", name="Headline", width=50, height=9, runs=(Run(text="a"),)),
                Picture(id="photo", src="a.jpg", options="redact=faces", width=9, height=9),
                Text(id="legal", locked=True, width=50, height=9, runs=(Run(text="b"),)),
            ),
        ),
    )
)
FILL: Final = ByUrl.of(CARD)
SLOW_S: Final = 5
MEMORY_MB: Final = 700
"""With what Python and libvips take before the first picture."""
SMALL: Final = Limits(max_pixels=250_000, max_bytes=200_000, max_animation_pixels=1_000_000)
"""So that a picture is done in a moment, and many are tried."""
NOW: Final = 1_700_000_000.0
MOUNTS: Final = mounts(
    Settings(
        peers=Peers(accept=("thumbor", "imgproxy", "imgix", "cloudinary")),
        hosted=Hosted(account="acct", flexible=True),
    ),
    {"thumb": {"width": "80"}},
)
SIGNER: Final = Signer(("a key",))
IMAGE: Final = (ImageError, SourceError)
INSIDE: Final = (ImageError, ValueError, ArithmeticError, LookupError, struct.error)
"""What may end a decoder of the sandbox: whatever does is told as a broken picture."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser or a decoder, what it may raise, and how long inputs are worth trying."""

    run: Callable[[bytes], object]
    raises: tuple[type[Exception], ...] = ()
    max_bytes: int = 4096


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("latin-1"))


def _options(text: str) -> None:
    redirects_on_error(text)
    asked = parse_options(text).options
    again = parse_options(format_options(asked)).options
    if again != asked:
        raise AssertionError(f"{format_options(asked)!r} reads as {again}")


def _design_values(text: str) -> None:
    """Whatever a URL says, what hides something still does, and what is locked stays."""
    asked = parse_options(f"design=a,{text}").options.design
    made = FILL(asked.values if asked else (), photo="~" in text)
    picture, legal = made.pages[0].blocks[1:3]
    if not isinstance(picture, Picture) or picture.options != "redact=faces":
        raise AssertionError(f"{picture} hides nothing")
    if legal != CARD.pages[0].blocks[2]:
        raise AssertionError(f"{legal} is another one")


def _draw(data: bytes) -> None:
    content = json.loads(data)
    options_from_json(content)
    overlays_from_json(content)


def _signature(text: str) -> None:
    path, _, query = text.partition("?")
    split_query(query)
    SIGNER.grant(path, query, 0.0)


def _translation(text: str) -> None:
    path, _, query = text.partition("?")
    mount = next((mount for mount in MOUNTS if path.startswith(mount.prefix)), MOUNTS[0])
    said = mount.read(path.removeprefix(mount.prefix), query, NOW)
    parse_options(said.options)


def _url(text: str) -> None:
    if canonical(canonical(text)) != canonical(text):
        raise AssertionError(f"{canonical(text)!r} has another spelling")
    parse_url(text)


def _headers(data: bytes) -> dict[str, str]:
    pairs = (line.partition(b":")[::2] for line in data.split(b"\n"))
    return join_headers((name.strip(), value.strip()) for name, value in pairs)


def _answer_headers(data: bytes) -> None:
    headers = _headers(data)
    read_headers(headers, NOW)
    renewed_headers(kept_headers(headers), headers)


def _coding(data: bytes) -> None:
    name, _, body = data.partition(b"\n")
    decode(body, name.decode("latin-1"), 100_000)


def _exif(data: bytes) -> None:
    into_jpeg(b"\xff\xd8\xff\xd9", copyright_alone(data))
    into_jpeg(b"\xff\xd8\xff\xd9", upright(data))


def _drawing(data: bytes) -> None:
    refuse_bombs(data)
    drawing.natural_size(data)
    drawing.filtered(data)


def _frames(data: bytes) -> None:
    for kind in (ImageFormat.GIF, ImageFormat.WEBP):
        walk(data, kind, 100)


def _signal(data: bytes) -> None:
    for kind in (ImageFormat.PNG, ImageFormat.AVIF):
        signalled(data, kind)


def _credentials(data: bytes) -> None:
    for kind in ImageFormat:
        store_bytes(data, kind)


def _picture(data: bytes) -> None:
    facts = probe(data, SMALL)
    if facts.decoder:
        return  # a process for each input would try but few
    image = to_srgb(open_image(data, facts, frames=-1))
    encode(image, EncodeOptions(format="png", fast=True))


def _design(data: bytes) -> None:
    text = dumps(design_xml.loads(data))
    if dumps(design_xml.loads(text)) != text:
        raise AssertionError(f"{text!r} has another spelling")


def _design_json(data: bytes) -> None:
    scene = design_json.loads(data)
    if design_json.loads(design_json.dumps(scene)) != scene:
        raise AssertionError(f"{scene} comes back otherwise")


TARGETS: Final[dict[str, Target]] = {
    "options": Target(_text(_options), (BadRequest,)),
    "paths": Target(_text(split_path), (BadRequest,)),
    "keys": Target(_text(lambda key: under("http://b.com/p", key)), (BadRequest, SourceError)),
    "translations": Target(_text(_translation), (FoveateError,)),
    "signatures": Target(_text(_signature), (BadRequest, FoveateError)),
    "design-values": Target(_text(_design_values), (BadRequest,)),
    "draw": Target(_draw, (BadRequest, ValueError, RecursionError)),
    "urls": Target(_text(_url), (BadRequest,)),
    "patterns": Target(_text(parse_pattern), (BadSettings,)),
    "answer-headers": Target(_answer_headers),
    "client-headers": Target(lambda data: read_client(_headers(data))),
    "codings": Target(_coding, (SourceError,)),
    "stored": Target(unpack),
    "sniff": Target(sniff, IMAGE),
    "exif": Target(_exif),
    "xmp": Target(without_claims),
    "heic-header": Target(read_header, IMAGE),
    "heic-depth": Target(depth_size, IMAGE),
    "jpeg-depth": Target(depth_of, IMAGE, max_bytes=8192),
    "svg": Target(_drawing, IMAGE),
    "frames": Target(_frames, IMAGE),
    "signals": Target(_signal),
    "credentials": Target(_credentials),
    "tiff-directories": Target(read_tiff, IMAGE),
    "bmp": Target(lambda data: bmp.read_header(bmp.with_file_header(data)), INSIDE),
    "jxl": Target(jxl.read_jxl, INSIDE),
    "netpbm": Target(netpbm.read_header, INSIDE),
    "psd": Target(psd.read_header, INSIDE),
    "designs-json": Target(_design_json, (BadRequest,)),
    # lxml is an extra.
    **({"designs": Target(_design, (BadRequest,))} if find_spec("lxml") else {}),
    **{
        name: Target(_picture, (*IMAGE, FoveateError), max_bytes=20_000)
        for name in ("jpeg", "png", "webp", "gif", "tiff", "avif")
    },
}
