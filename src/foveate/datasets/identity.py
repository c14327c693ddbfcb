"""What a dataset is called: by what it is made of, and how, so that no other one is called so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant
from foveate.datasets.schema import checked_schema, filled
from foveate.datasets.spelling import digest_of, dumped
from foveate.errors import BadConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.schema import Schema

FORMAT_VERSION: Final = 1
"""Raised when what we write ourselves of the same samples has other bytes."""
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
VERSION: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+!-]{0,62}[A-Za-z0-9])?")
ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}_[0-9a-f]{16}")
FORMATS: Final = ("webdataset", "tfrecord", "parquet", "folder")
OURS: Final[Mapping[str, Any]] = {
    "seed": {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**63 - 1,
        "default": 0,
        "description": "What all that is random begins with.",
    },
    "shards": {
        "type": "object",
        "description": "How the dataset is written.",
        "default": {},
        "additionalProperties": False,
        "properties": {
            "format": {
                "type": "string",
                "enum": list(FORMATS),
                "default": "webdataset",
                "description": "What it is written as.",
            },
            "samples": {
                "type": "integer",
                "minimum": 1,
                "maximum": 1_000_000,
                "default": 500,
                "description": "Pictures of raw data in a shard, at most.",
            },
            "max_bytes": {
                "type": "integer",
                "minimum": 65_536,
                "maximum": 4 * 1024**3,
                "default": 256 * 1024 * 1024,
                "description": "A shard that has as many is ended, and another one begun.",
            },
        },
    },
}
"""What every handler's configuration has beside its own."""


WORDS: Final = ("name", "handler", "version", "config", "webhook")
"""Of a request over HTTP; the last one is no part of what is asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for."""

    name: str
    """Of raw data."""
    handler: str
    version: str = ""
    """Empty is the newest that is installed."""
    config: Mapping[str, Any] = field(default_factory=dict)


def request_from_json(said: object) -> Request:
    """Return what JSON asks for. Raises BadConfiguration for what asks for nothing."""
    row = said if isinstance(said, dict) else {}
    strange = sorted(map(str, row.keys() - set(WORDS)))
    if not isinstance(said, dict) or strange:
        got = f"{strange[0]!r:.80}{meant(strange[0], WORDS)}" if strange else type(said).__name__
        raise BadConfiguration(f"Expected an object with {', '.join(WORDS)}, got {got}.")
    texts = [row.get("name"), row.get("handler", "foveate"), row.get("version", "")]
    checks = (NAME, NAME, re.compile(rf"(?:{VERSION.pattern})?"))
    for word, text, pattern in zip(("name", "handler", "version"), texts, checks, strict=True):
        if not isinstance(text, str) or not pattern.fullmatch(text):
            raise BadConfiguration(f"{word}: expected letters, digits, . _ or -, got {text!r:.80}.")
    name, handler, version = map(str, texts)
    return Request(name, handler, version, row.get("config", {}))


def whole(schema: Schema) -> Schema:
    """Return the schema of a handler with what every configuration has. Raises BadConfiguration."""
    checked_schema(schema)
    own = schema.get("properties", {})
    if "shards" in own:
        raise BadConfiguration("Expected a schema without `shards`, which is ours, got one.")
    return with_ours(schema)


def with_ours(schema: Schema) -> Schema:
    """Return the schema of a handler with what every configuration has, behind its own."""
    own = schema.get("properties", {})
    return {
        "type": "object",
        "additionalProperties": False,
        **schema,
        "properties": {**own, **OURS, **own},
    }


def canonical(config: object, schema: Schema) -> bytes:
    """Return the configuration in its one spelling, of a `whole` schema. Raises BadConfiguration.

    What handlers get is read from it: what has one spelling is one value.
    """
    return dumped(filled(config, schema)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a dataset is, to the last bit."""

    name: str
    handler: str
    version: str
    pin: str
    """What the code of the handler is."""
    config: bytes
    """`canonical`."""
    raw_digest: str

    @classmethod
    def of(cls, dataset: Dataset) -> Identity:
        """Return the identity of a dataset that is known."""
        return cls(
            name=dataset.name,
            handler=dataset.handler,
            version=dataset.version,
            pin=dataset.pin,
            config=dumped(dataset.config).encode(),
            raw_digest=dataset.raw,
        )

    @property
    def digest(self) -> str:
        """Return what no other one has, in hex."""
        fields = (self.name, self.handler, self.version, self.pin, self.raw_digest)
        return digest_of(*(each.encode() for each in fields), self.config, _FORMAT)

    @property
    def id(self) -> str:
        """Return what people and files call it.

        >>> Identity(name="cats", handler="crop", version="1.2+b", pin="", config=b"{}",
        ...     raw_digest="").id
        'cats_crop-1.2-b_ff0e5ccebedf037c'
        """
        version = re.sub(r"[^a-z0-9.]+", "-", self.version.lower())
        return f"{self.name}_{self.handler}-{version}_{self.digest[:16]}"


_FORMAT: Final = str(FORMAT_VERSION).encode()
