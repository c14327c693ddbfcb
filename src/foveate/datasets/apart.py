"""Configurations brought to their spelling in a process of its own, which is ended in time.

A pattern may take for ever, and holds all threads of its process while it does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from foveate.datasets.identity import canonical, whole
from foveate.datasets.schema import is_quick, plain
from foveate.errors import BadConfiguration

if TYPE_CHECKING:
    from foveate.datasets.schema import Schema

PATIENCE_S: Final = 10.0
_CHILD: Final = "from foveate.datasets.apart import run; run()"


def canonical_apart(config: object, schema: Schema, patience_s: float = PATIENCE_S) -> bytes:
    """Return what is `canonical` by the schema of a stranger. Raises BadConfiguration."""
    if is_quick(schema):
        return canonical(config, whole(schema))
    given = json.dumps([plain(config), schema])
    paths = os.pathsep.join(map(os.path.abspath, sys.path))
    try:
        done = subprocess.run(  # noqa: S603 - our own lines
            [sys.executable, "-P", "-c", _CHILD],
            input=given.encode(),
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            timeout=patience_s,
            check=True,
        )
    except subprocess.TimeoutExpired as why:
        wanted = f"Expected a configuration that is checked within {patience_s:g} s"
        raise BadConfiguration(f"{wanted}, got one that takes longer by its schema.") from why
    except subprocess.CalledProcessError as why:
        wanted = "Expected a configuration that can be checked by its schema"
        told = f"{wanted}, got exit code {why.returncode} of what does so: the log says why."
        raise BadConfiguration(told) from why
    said = json.loads(done.stdout)
    if "refused" in said:
        raise BadConfiguration(said["refused"])
    return str(said["config"]).encode()


def run() -> None:
    """Be the process: a configuration and a schema come in, what becomes of it goes out."""
    _end_in_time()
    config, schema = json.load(sys.stdin.buffer)
    try:
        said = {"config": canonical(config, whole(schema)).decode()}
    except BadConfiguration as why:
        said = {"refused": why.public}
    sys.stdout.write(json.dumps(said))


def _end_in_time() -> None:
    """Have the system end it, where who asked is gone."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    resource.setrlimit(resource.RLIMIT_CPU, (int(PATIENCE_S), int(PATIENCE_S)))
