"""Designs that a server keeps, in versions."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Meta

from foveate.configuration.table import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Designs:
    """Designs by `/v1/designs`: where they are, and how many of them."""

    folder: str = setting(
        "",
        "Keep designs, `designs.sqlite3`, and their keys in this folder of this machine; empty is "
        "the user's data folder.",
    )
    brands: str = setting(
        "",
        "The folder of the brands that designs may be brought to by name: a TOML file each, "
        "`nord.toml` for `nord`; empty is `brands` in the folder of designs.",
    )
    most: int = setting(10_000, "Designs that may be kept.", Meta(ge=1, le=10_000_000))
    versions: int = setting(
        100,
        "Versions of each that are kept: the oldest go, one by one.",
        Meta(ge=1, le=100_000),
    )
    pictures_bytes: int = setting(
        2_000_000_000,
        "Bytes of all pictures that designs were given (`POST /v1/designs/pictures`), which lie in "
        "`pictures` of that folder. Beyond it a further one is refused with 503.",
        Meta(ge=0, le=10**15),
    )
    published: tuple[str, ...] = setting(
        (),
        "Designs that image URLs may fill in and lay over pictures, for whoever asks: ids such as "
        "`sale`, patterns such as `shop-*`; `*` is all of them.",
    )
    pictures: str = setting(
        "",
        "Look in this folder of this machine for pictures that requests describe: one in that of "
        "the origin, which is taken where this is empty; `off` looks nowhere.",
    )
