"""Cloudinary: `/<cloud>/image/upload/<transformations>/v<version>/<id>` and `/image/fetch/...`.

Source: Cloudinary's documentation, "Transformation URL API reference", "Resize and crop modes" and
"Delivery URL signatures".
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from foveate.errors import BadUrl
from foveate.options.grammar import MAX_OPTIONS, decoded, read_source
from foveate.options.translators.cloudinary_words import (
    CLOUDINARY,
    GRAVITIES,
    SIZE,
    TURNS,
    Part,
    alone,
    sized,
)
from foveate.options.translators.shared import Translated, check_signature, text_of
from foveate.options.values import shown

KINDS: Final = frozenset({"upload", "fetch"})
NAMES: Final = frozenset(
    re.findall(
        r"\w+",
        "a ac af ar b bo c co cs d dl dn dpr du e eo f fl fn fps g h if ki l o p pg q r so sp t u "
        "vc vs w x y z",
    )
)
"""Every parameter that there is, so that a folder is not taken for one."""
_VERSION: Final = re.compile(r"v\d+", re.ASCII)
_SIGNED: Final = re.compile(r"s--([A-Za-z0-9_-]{1,64})--")


def translate(path: str, query: str = "", *, secret: str = "") -> Translated:
    """Return what a raw path below the mount asks for; the query of what is fetched is its own.

    Raises BadSignature, BadUrl, BadOption, or NotTranslated naming what is not translated.
    """
    segments = path.split("/")
    at = 0 if segments[0] == "image" else 1
    kind = segments[at + 1] if len(segments) > at + 1 else ""
    if segments[at : at + 1] != ["image"] or kind not in KINDS:
        raise BadUrl(f"cloudinary: expected image/upload or image/fetch, got {shown(path)}.")
    rest = segments[at + 2 :]
    signature = _SIGNED.fullmatch(rest[0]) if rest else None
    parts, raw, image = _split(rest[1:] if signature else rest)
    own = _own(query) if kind == "fetch" else ""
    signed = "/".join([*raw, image]) + (f"?{own}" if own else "")
    _check(signature[1] if signature else "", signed, secret)
    if not image:
        raise BadUrl(f"cloudinary: expected the id of a picture, got {shown(path)}.")
    return Translated(options=text_of(_chained(parts)), source=read_source(image), query=own)


def _own(query: str) -> str:
    """Return a query without what their libraries put last to count who uses them."""
    rest, _, last = query.rpartition("&")
    return rest if last.startswith("_a=") else query


def _split(segments: list[str]) -> tuple[list[Part], list[str], str]:
    """Return the components of the chain, the same as text, and the id behind the version."""
    parts: list[Part] = []
    for segment in segments:
        part = _part(decoded(segment))
        if part is None:
            break
        parts.append(part)
        if len(parts) > MAX_OPTIONS:
            raise BadUrl(f"cloudinary: expected at most {MAX_OPTIONS} components, got more.")
    rest = segments[len(parts) :]
    if len(rest) > 1 and _VERSION.fullmatch(rest[0]):
        rest = rest[1:]
    return parts, segments[: len(parts)], "/".join(rest)


def _part(text: str) -> Part | None:
    """Return the parameters of a component, or None where it is a part of the id."""
    if text.startswith(("$", "if_")):
        raise CLOUDINARY.refused(text)
    part: Part = {}
    for item in text.split(","):
        name, underscore, value = item.partition("_")
        if not underscore or not value or name not in NAMES:
            return None
        if name in part:
            raise CLOUDINARY.refused(f"{name}_", "once in a component")
        part[name] = value
    return part


def _check(given: str, signed: str, secret: str) -> None:
    if not secret:
        return
    text = (signed + secret).encode("utf-8", "surrogatepass")
    # SHA-1 with 8 characters is what their libraries make, and SHA-256 with 32 where so set.
    short = base64.urlsafe_b64encode(hashlib.sha1(text, usedforsecurity=False).digest())[:8]
    long = base64.urlsafe_b64encode(hashlib.sha256(text).digest())[:32]
    check_signature(given, [short.decode(), long.decode()])


def _chained(parts: list[Part]) -> dict[str, str]:
    """Return what a chain asks for together, as far as it follows our order of work."""
    pairs: dict[str, str] = {}
    stage = -1
    for part in parts:
        size = {name: value for name, value in part.items() if name in SIZE}
        others = {name: value for name, value in part.items() if name not in SIZE}
        found = [_stage(name, value) for name, value in others.items()]
        orders = [order for order in (*found, _size_stage(size)) if order >= 0]
        if orders and (min(orders) <= stage < EFFECT or stage > min(orders)):
            raise CLOUDINARY.refused(_said(part), "earlier in a chain")
        stage = max(stage, *orders, -1)
        _refuse_together(size, others)
        for name, value in others.items():
            pairs = CLOUDINARY.both(f"{name}_{value}", pairs, alone(name, value))
        if size:
            pairs = CLOUDINARY.both(_said(size), pairs, sized(size, pairs))
    _check_corners(parts, pairs)
    return pairs


def _check_corners(parts: list[Part], pairs: dict[str, str]) -> None:
    """Raise NotTranslated for corners that are neither clear nor of a colour that is named."""
    if "radius" not in pairs:
        return
    if "background" not in pairs and pairs.get("format") not in CLEAR:
        raise CLOUDINARY.refused("r_", "beside b_, f_png, f_webp, f_avif or f_auto")
    if any("dpr" in part for part in parts):
        raise CLOUDINARY.refused("r_", "without dpr_")


def _said(part: Part) -> str:
    return ",".join(map("_".join, part.items()))


CLEAR: Final = frozenset({"auto", "png", "webp", "avif", "gif", "tiff", "jxl"})
"""Formats in which corners are transparent."""
TRIM, TURN, CUT, RESIZE, EFFECT, ROUND = range(6)
"""Our order of work. What is at none of these places comes out the same at any."""


def _stage(name: str, value: str) -> int:
    if name == "a":
        return TURN
    if name == "r":
        return ROUND
    effect = value.partition(":")[0] if name == "e" else ""
    return {"trim": TRIM, "blur": EFFECT, "sharpen": EFFECT}.get(effect, -1)


def _size_stage(size: Part) -> int:
    if not size:
        return -1
    return CUT if size.get("c") == "crop" else RESIZE


def _refuse_together(size: Part, others: Part) -> None:
    """Raise NotTranslated for a component whose own order is not ours, or is not said."""
    if not size:
        return
    turn = others.get("a", "")
    directed = size.get("g", "center") not in {"center", *GRAVITIES}
    if turn and (directed or ("rotate" in TURNS.get(turn, {}) and turn not in {"180", "-180"})):
        raise CLOUDINARY.refused(f"a_{turn}", "in a component without a size")
    if others.get("e", "").startswith("trim"):
        raise CLOUDINARY.refused("e_trim", "in a component without a size")
