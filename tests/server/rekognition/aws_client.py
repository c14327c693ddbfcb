"""AWS's own client, pointed at a server of ours, and what it knows of every answer's shape."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from people_core import PeopleCore, people_core
from server_fakes import listening

from foveate.service.analyse import Analyser
from foveate.service.parts import OFFERED
from foveate.settings import Rekognition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from foveate.service.work import Work
    from foveate.settings import Origins
    from foveate.storage.source import Source

KEYS = {
    name: (f"{name.upper()}0000000000000000"[:20], f"{name}-secret-of-forty-characters-or-a-few")
    for name in ("all", "team", "read", "write", "admin")
}
"""The access key and the secret of each key; those named like a scope are for `team`."""
LINES = [
    "# who has what",
    *(f"{n} {' '.join(KEYS[n])} {'*' if n == 'all' else 'team'} {s}" for n, s in (
        ("all", "admin"), ("read", "read"), ("write", "write"), ("admin", "admin"),
    )),
]  # fmt: skip
PLACE = {"left": 0, "top": 0, "width": 8, "height": 8}
SEEN: Mapping[str, Any] = {
    "objects": [
        {"label": "dog", "score": 0.9, "box": {"left": 10, "top": 4, "width": 20, "height": 10}},
        {"label": "dining table", "score": 0.7, "box": PLACE},
        {"label": "dog", "score": 0.6, "box": {"left": 20, "top": 8, "width": 10, "height": 20}},
    ],
    "tags": {
        "labels": [{"label": "espresso", "score": 0.8}, {"label": "dog", "score": 0.95}],
        "caption": "a dog",
        "alt": "A dog.",
    },
    "text": [
        {
            "text": "NO STOP",
            "score": 0.97,
            "box": {"left": 0, "top": 10, "width": 35, "height": 10},
            "quad": [[0, 10], [35, 10], [35, 20], [0, 20]],
        },
        {
            "text": "exit",
            "score": 0.5,
            "box": {"left": 0, "top": 30, "width": 20, "height": 5},
            "quad": [[0, 30], [20, 30], [20, 35], [0, 35]],
        },
    ],
    "moderation": {
        "nsfw": 0.91,
        "flagged": True,
        "threshold": 0.8,
        "unseen": ["violence"],
        "parts": [{"label": "buttocks exposed", "score": 0.6, "box": {}}],
    },
}  # fmt: skip
"""What is seen in every picture, by parts that need networks of their own."""


class Sees:
    """Analyses pictures; of some parts it says what `SEEN` has."""

    def __init__(self, core: PeopleCore) -> None:
        self._real = Analyser(analyses=core.people.analyses)

    def prepare(self, picture: Source, names: Sequence[str]) -> Work[Any]:
        here = [name for name in names if name not in SEEN]
        work: Work[Any] = self._real.prepare(picture, here or ["faces"])
        assert set(here) <= set(OFFERED)
        told = {name: SEEN[name] for name in names if name in SEEN}
        return work.then(lambda known: SimpleNamespace(to_json=lambda: known.to_json() | told))


class AwsCore(PeopleCore):
    @property
    def analyser(self) -> Any:
        return Sees(self)


class Caller:
    """Clients of a server, of which every answer is checked against botocore's shapes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.raw: Any = None
        """The last answer's JSON."""
        self.headers: Mapping[str, str] = {}

    def __call__(self, key: str = "all", path: str = "", **config: Any) -> Any:
        access_key, secret = KEYS[key]
        client = boto3.client(
            "rekognition",
            endpoint_url=f"http://127.0.0.1:{self.port}{path}",
            region_name="us-west-2",
            aws_access_key_id=config.pop("access_key", access_key),
            aws_secret_access_key=config.pop("secret", secret),
            config=Config(retries={"total_max_attempts": 1}, **config),
        )
        client.meta.events.register("after-call.rekognition", self._check)
        return client

    def _check(self, http_response: Any, model: Any, **_: Any) -> None:
        self.raw, self.headers = json.loads(http_response.content), http_response.headers
        assert self.headers["x-amzn-requestid"]
        assert self.headers["content-type"] == "application/x-amz-json-1.1"
        if http_response.status_code == 200:
            check_shape(model.output_shape, self.raw, model.name)


NUMBERS = {"float": (int, float), "double": (int, float), "timestamp": (int, float)}
KINDS: Mapping[str, Any] = {"string": str, "integer": int, "long": int, "boolean": bool, **NUMBERS}


def check_shape(shape: Any, value: Any, where: str) -> None:
    """Fail for a key that the shape does not have, and for a value that is none of its type."""
    if shape.type_name == "structure":
        assert isinstance(value, dict), where
        assert set(value) <= set(shape.members), (where, sorted(set(value) - set(shape.members)))
        assert set(shape.required_members) <= set(value), where
        for name, inner in value.items():
            check_shape(shape.members[name], inner, f"{where}.{name}")
    elif shape.type_name == "list":
        assert isinstance(value, list), where
        for inner in value:
            check_shape(shape.member, inner, f"{where}[]")
    else:
        _check_scalar(shape, value, where)


def _check_scalar(shape: Any, value: Any, where: str) -> None:
    kind = KINDS[shape.type_name]
    assert isinstance(value, kind), (where, value)
    assert isinstance(value, bool) == (shape.type_name == "boolean"), where
    said = shape.metadata
    if isinstance(value, str):
        assert not shape.enum or value in shape.enum, (where, value)
        assert "pattern" not in said or re.fullmatch(said["pattern"], value), (where, value)
    elif shape.type_name != "timestamp":
        assert said.get("min", value) <= value <= said.get("max", value), (where, value)


@contextmanager
def aws_core(
    folder: Path,
    *,
    origins: Origins | None = None,
    max_bytes: int = 20_000,
    kind: type[AwsCore] = AwsCore,
    **said: Any,
) -> Iterator[AwsCore]:
    """An application with keys, whose collection `team` anybody may make."""
    keys = folder / "aws-keys"
    keys.write_text("\n".join(LINES))
    keys.chmod(0o600)
    with people_core(folder / "index", max_bytes=max_bytes, kind=kind) as core:
        own = Rekognition(key_file=str(keys), **said)
        core.settings = replace(core.settings, rekognition=own)
        if origins is not None:
            core.settings = replace(core.settings, origins=origins)
        yield core


@contextmanager
def calling(core: AwsCore) -> Iterator[Caller]:
    with listening(core) as port:
        yield Caller(port)
