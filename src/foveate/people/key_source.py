"""Where the operator's keys come from: a file, or a command that asks a key management service."""

from __future__ import annotations

import base64
import binascii
import os
import shlex
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.errors import BadSettings
from foveate.people.sealing import KEY_BYTES
from foveate.people.secret_file import unfit_mode

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND_S: Final = 30.0
"""Time that a command has; a key management service answers in less than a second."""
MOST_BYTES: Final = 65_536
EXPECTED: Final = f"{KEY_BYTES} bytes as base64 or hex on each line, the newest key first"
FILE: Final = "FOVEATE_PEOPLE__KEY_FILE"
COMMAND: Final = "FOVEATE_PEOPLE__KEY_COMMAND"
PUBLIC: Final = "The key of the face index cannot be read."


def key_source(file: str, command: str) -> Callable[[], tuple[bytes, ...]]:
    """Return what reads the keys; none where neither is set. Raises BadSettings for both."""
    if file and command:
        raise _unread(f"Expected {FILE} or {COMMAND}, got both.")
    if file:
        return partial(from_file, Path(file).expanduser())
    return partial(from_command, command) if command else tuple


def from_file(path: Path) -> tuple[bytes, ...]:
    """Return the keys of a file. Raises BadSettings; no error tells what is in it.

    A file that everybody on the machine may read is refused, as is one that others may change.
    """
    try:
        with path.open("rb") as file:
            if why := unfit_mode(path, os.fstat(file.fileno()).st_mode):
                raise _unread(f"{FILE}: {why}")
            return keys_of(file.read(MOST_BYTES), FILE)
    except OSError as why:
        raise _unread(f"{FILE}: expected a file to read, got {why}.") from why


def from_command(command: str, timeout_s: float = COMMAND_S) -> tuple[bytes, ...]:
    """Return the keys that a command prints. Raises BadSettings.

    It runs without a shell and without input; nothing that it writes is ever told or logged.
    """
    try:
        done = subprocess.run(  # noqa: S603
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        # Not from it: what the command had written stands in that error.
        raise _unread(f"{COMMAND}: expected a key within {timeout_s:g} s, got none.") from None
    except (OSError, ValueError) as why:
        raise _unread(f"{COMMAND}: expected a command that runs, got {why}.") from why
    if done.returncode:
        raise _unread(
            f"{COMMAND}: expected exit code 0, got {done.returncode}. Run it by hand to see why."
        )
    return keys_of(done.stdout[:MOST_BYTES], COMMAND)


def keys_of(text: bytes, setting: str) -> tuple[bytes, ...]:
    """Return the keys of a text; blank lines, and those that begin with #, say nothing.

    Raises BadSettings, which names the setting and the line, and nothing of what stands there.
    """
    lines = [line.strip() for line in text.split(b"\n")]
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line[:1] not in b"#"]
    keys = tuple(_key(line, f"{setting}, line {number}") for number, line in numbered)
    if not keys:
        raise _unread(f"{setting}: expected {EXPECTED}, got no line.")
    return keys


def _key(line: bytes, place: str) -> bytes:
    for read in (binascii.unhexlify, _base64):
        try:
            key = read(line)
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    raise _unread(f"{place}: expected {EXPECTED}, got something else.")


def _unread(why: str) -> BadSettings:
    return BadSettings(why, public=PUBLIC)


def _base64(line: bytes) -> bytes:
    plain = line.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
