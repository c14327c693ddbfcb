"""What settings may be: types, and ranges with the words for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from msgspec import Meta

from foveate.configuration.ranges import SPACES_ALONE

MIB: Final = 1024 * 1024

Attribute = Literal["age", "gender", "emotion", "race"]
"""What judges people, and is off unless the operator switches it on."""
Peer = Literal["thumbor", "imgproxy", "imgix", "cloudinary"]
"""A service whose URLs can be read."""
Provider = Literal["cpu", "cuda", "tensorrt"]
Signature = Literal["es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519"]
"""How C2PA lets a claim be signed."""
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["text", "json"]
Key = Annotated[str, Meta(min_length=1)]
Site = Annotated[str, Meta(pattern=r"^(?:\*|https?://[a-z0-9.\[\]:_-]+)$")]
"""An origin as browsers write it, or `*`."""


class Engine(StrEnum):
    """What may run networks."""

    AUTO = "auto"
    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"


LIMIT: Final = Meta(ge=1, le=10**15)
"""Bytes or pixels, up to what no machine holds."""
CAPACITY: Final = Meta(ge=0, le=10**15)
"""Bytes that may be used; a cache of none is off."""
SIDE: Final = Meta(ge=1, le=10_000_000)
"""libvips has no longer ones."""
AVIF_SIDE: Final = Meta(ge=0, le=16_384)
"""AVIF itself can say no more, and JPEG XL need not."""
QUALITY: Final = Meta(ge=1, le=100)
SCORE: Final = Meta(ge=0, le=1)
SHARE: Final = Meta(ge=0.01, le=1)
SECONDS: Final = Meta(ge=0.1, le=3600)
WAIT: Final = Meta(ge=0, le=3600)
AGE: Final = Meta(ge=0, le=365 * 24 * 3600)
"""Seconds, up to a year: HTTP caches know no longer ages."""
REQUESTS: Final = Meta(ge=0, le=100_000)
"""Requests, up to more than one process has connections for."""
CORES: Final = 1024
"""More threads than this only stand in each other's way, whatever the machine."""
LOOK: Final = Meta(ge=64, le=4096)
"""Pixels. In fewer there is nobody to see; one look at more takes over a gigabyte."""
LOOK_FOR_TEXT: Final = Meta(ge=64, le=1920)
"""Pixels. One look at as many takes 650 MB."""

PLACE: Final = Meta(
    pattern=r"(?s)^(?:s3://[^/@]+(?:/.*)?|(?i:https?)://[^/?#@]+(?:/[^?#]*)?|(?!.*://).*)$",
    description="a folder, s3://BUCKET/PREFIX or an http(s) URL without a query or a user",
)
FOLDER_OR_BUCKET: Final = Meta(
    pattern=r"(?s)^(?:s3://[^/@]+(?:/.*)?|(?!.*://).*)$",
    description="a folder or s3://BUCKET/PREFIX",
)
ENDPOINT: Final = Meta(
    pattern="^(?:https?://[^/@]+(?:/.*)?)?$",
    description="an http(s) URL without a user, or nothing",
)
TARGET: Final = Meta(
    pattern=r"^(?:(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5})?$",
    description="HOST:PORT, or nothing",
)
MESSAGE: Final = Meta(ge=65_536, le=2**31 - 1)
"""Bytes; protobuf knows no larger messages."""
HOST: Final = Meta(min_length=1, description="an address or the name of a host")
PATTERNS: Final = Meta(description="patterns such as b.com or b.com/path")
SITES: Final = Meta(description="origins of pages such as https://b.com, or *")
ROOT_PATH: Final = Meta(
    pattern=r"^(?:/[A-Za-z0-9._~-]+)*$",
    description="a path such as /images, without a slash at its end, or nothing",
)
ACCOUNT: Final = Meta(
    pattern=r"^[A-Za-z0-9_~-]*$", description="letters, digits, -, _ or ~, or nothing"
)
HEX: Final = Meta(
    pattern=r"^(?:[0-9A-Fa-f]{2})*(?:,(?:[0-9A-Fa-f]{2})+)*$",
    description="hexadecimal digits, several keys separated by commas",
)
LICENCES: Final = Meta(description="names of licences")
KEYS: Final = Meta(
    min_length=1,
    description="one secret key or more, none of them empty, separated by spaces",
    extra=SPACES_ALONE,
)
