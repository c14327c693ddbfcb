"""Every setting: its default, what it is for, and what it may be.

The environment and the TOML file are read once, by `load`; all problems come in one report. Each
part is handed its own group and nothing else. `FOVEATE_<GROUP>__<NAME>` sets one value; lists are
separated by commas or spaces, keys by spaces alone. `FOVEATE_CONFIG` names a TOML file with a table
per group.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping  # noqa: TC003 - the table reads these
from dataclasses import dataclass, field
from typing import Final

from msgspec import Meta

from foveate.configuration.load import is_given, read_settings
from foveate.configuration.page import page
from foveate.configuration.table import named, setting
from foveate.settings.assistant import Assistant
from foveate.settings.aws import Rekognition, Serverless
from foveate.settings.batches import Batches
from foveate.settings.costs import Costs
from foveate.settings.datasets import Datasets
from foveate.settings.designs import Designs
from foveate.settings.doors import Hosted, Peers, Rpc, Server, Signing, Stages
from foveate.settings.jobs import Jobs
from foveate.settings.kinds import MIB, Attribute, Engine, LogLevel, Peer, Provider
from foveate.settings.moderation import Moderation
from foveate.settings.pictures import Credentials, Encoding, Limits, Origins
from foveate.settings.select import Select
from foveate.settings.work import (
    Caching,
    Faces,
    Load,
    Models,
    Objects,
    People,
    References,
    Runtime,
    Text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set, by group."""

    strict: bool = setting(
        default=False, about="Refuse unknown options with 400 instead of a Warning."
    )
    only_presets: bool = setting(
        default=False, about="Refuse options in URLs and in `/v1/render`, save `preset`."
    )
    attributes: tuple[Attribute, ...] = setting(
        (), "Which attributes that judge people may be guessed."
    )
    origins: Origins = field(default_factory=Origins)
    limits: Limits = field(default_factory=Limits)
    encoding: Encoding = field(default_factory=Encoding)
    credentials: Credentials = field(default_factory=Credentials)
    caching: Caching = field(default_factory=Caching)
    costs: Costs = field(default_factory=Costs)
    references: References = field(default_factory=References)
    load: Load = field(default_factory=Load)
    batches: Batches = field(default_factory=Batches)
    jobs: Jobs = field(default_factory=Jobs)
    datasets: Datasets = field(default_factory=Datasets)
    designs: Designs = field(default_factory=Designs)
    assistant: Assistant = field(default_factory=Assistant)
    models: Models = field(default_factory=Models)
    runtime: Runtime = field(default_factory=Runtime)
    faces: Faces = field(default_factory=Faces)
    moderation: Moderation = field(default_factory=Moderation)
    objects: Objects = field(default_factory=Objects)
    text: Text = field(default_factory=Text)
    select: Select = field(default_factory=Select)
    people: People = field(default_factory=People)
    rekognition: Rekognition = field(default_factory=Rekognition)
    signing: Signing = field(default_factory=Signing)
    hosted: Hosted = field(default_factory=Hosted)
    peers: Peers = field(default_factory=Peers)
    server: Server = field(default_factory=Server)
    rpc: Rpc = field(default_factory=Rpc)
    stages: Stages = field(default_factory=Stages)
    serverless: Serverless = field(default_factory=Serverless)
    presets: Mapping[str, str] = named(
        "Options by a name, for `preset=NAME`: `width=200,height=200,fit=cover`.",
        Meta(description="options as in a URL, separated by commas"),
    )
    limited_keys: Mapping[str, str] = named(
        "A signing key of somebody who may sign for these options alone, then what they are: "
        "`SECRET width height preset=thumb`.",
        Meta(
            pattern=r"^\s*\S+(?:\s+\S+)+\s*$",
            description="a secret key and, after spaces, names of options or NAME=VALUE",
        ),
        secret=True,
    )


__all__ = [
    "EXAMPLE",
    "MIB",
    "Assistant",
    "Attribute",
    "Caching",
    "Costs",
    "Credentials",
    "Datasets",
    "Designs",
    "Encoding",
    "Engine",
    "Faces",
    "Hosted",
    "Jobs",
    "Limits",
    "Load",
    "LogLevel",
    "Models",
    "Moderation",
    "Objects",
    "Origins",
    "Peer",
    "Peers",
    "People",
    "Provider",
    "References",
    "Rekognition",
    "Rpc",
    "Runtime",
    "Select",
    "Server",
    "Serverless",
    "Settings",
    "Signing",
    "Stages",
    "Text",
    "is_asked_for",
    "load",
    "reference",
]


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

[presets]
avatar = "width=200,height=200,fit=cover,gravity=face"
"""
"""What docs/reference/settings.md shows as a TOML file."""


def _nothing(_: Settings) -> Iterable[str]:
    return ()


def load(
    environment: Mapping[str, str] | None = None,
    further: Callable[[Settings], Iterable[str]] = _nothing,
) -> Settings:
    """Return the settings of this machine. Raises BadSettings naming every problem at once.

    `further` finds those that only somebody above knows, a line each.
    """
    return read_settings(Settings, os.environ if environment is None else environment, further)


def is_asked_for(name: str, environment: Mapping[str, str] | None = None) -> bool:
    """Return whether this machine sets what has that full name, such as `server.port`."""
    return is_given(Settings, os.environ if environment is None else environment, name)


def reference() -> str:
    """Return docs/reference/settings.md below its title."""
    return page(Settings, EXAMPLE)
