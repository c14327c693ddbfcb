"""Who may ask over a network, the face index at first: keys, each for a collection and a scope.

Only the SHA-256 of a secret is kept. A slow hash is for what people choose, which can be guessed;
these are 32 random bytes, which cannot, and every request would have to wait for it.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate import locks
from foveate.durable import sync_folder
from foveate.enrolled import checked_name
from foveate.errors import BadOption, BadSettings
from foveate.people.folder import make

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE: Final = "keys.json"
LOCK: Final = "keys.lock"
ANY: Final = "*"
"""Stands for every collection."""
LOCAL: Final = "local"
"""Whoever needs no key; no key is called so."""
SIGNED: Final = "signed-url"
"""Whoever comes with a signed URL; no key is called so."""
OVER_GRPC: Final = "grpc"
"""Whoever comes over gRPC with the token, which all share there; no key is called so."""
TAKEN: Final = (LOCAL, SIGNED, OVER_GRPC)
PREFIX: Final = "foveate_"
"""By which those who look for secrets in code know ours."""
SECRET_BYTES: Final = 32
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Scope(StrEnum):
    """What a key is good for; each scope holds those before it."""

    READ = "read"
    """List, search and verify."""
    WRITE = "write"
    """Enrol, rename, merge, and erase faces and subjects."""
    ADMIN = "admin"
    """Erase whole collections."""


_RANK: Final = {scope: rank for rank, scope in enumerate(Scope)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as it is kept, without its secret."""

    name: str
    collection: str
    """Which one it is for; `*` is every one."""
    scope: Scope
    sha256: str
    """Of the secret, in hex."""
    added: float
    """Seconds since 1970, UTC."""

    def allows(self, scope: Scope, collection: str) -> bool:
        """Return whether it is good for that."""
        return self.collection in {ANY, collection} and _RANK[scope] <= _RANK[self.scope]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the file says."""

    keys: tuple[Key, ...] = ()
    opened: bool = False
    """Whether this machine asks without a key, since somebody said so."""


class Keys:
    """The keys of a folder. Whoever changes them, all processes go by them at once."""

    def __init__(self, folder: Path, work: str = "the face index") -> None:
        """Take the folder, and what they are for."""
        self._folder = folder
        self._work = work
        self._path = folder / FILE
        self._kept: tuple[tuple[int, ...], _Said] | None = None

    def all(self) -> tuple[Key, ...]:
        """Return all keys, oldest first. Raises BadSettings for a file that cannot be read."""
        return self._said().keys

    @property
    def are_needed(self) -> bool:
        """Return whether there was a key since this index was opened to its machine, if ever.

        Who takes the last key away, or loses the file, must not let everybody in by that. Raises
        BadSettings as `all` does.
        """
        return (self._folder / LOCK).exists() and not self._said().opened

    def open(self) -> None:
        """Let this machine ask without a key again. Raises BadOption where there is one."""
        with self._changing() as before:
            if before:
                raise BadOption("Expected no key, got some: revoke them first.")
            self._write((), opened=True)

    def of(self, secret: str) -> Key | None:
        """Return the key with that secret. It takes as long whichever it is."""
        given = _hashed(secret)
        matches = [key for key in self.all() if hmac.compare_digest(given, key.sha256)]
        return matches[0] if matches else None

    def add(self, name: str, collection: str, scope: Scope) -> str:
        """Make a key and return its secret, which is told only now. Raises BadOption."""
        _check_key_name(name)
        if collection != ANY:
            checked_name(collection)
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        with self._changing() as before:
            if any(key.name == name for key in before):
                raise BadOption(f"Expected a new name, got {name}, which is a key's already.")
            made = Key(
                name=name,
                collection=collection,
                scope=scope,
                sha256=_hashed(secret),
                added=time.time(),
            )
            self._write((*before, made))
        return secret

    def revoke(self, name: str) -> None:
        """Let a key be good for nothing any more. Raises BadOption where there is none."""
        if not self.all():
            raise BadOption(f"Expected the name of a key, got {name[:80]}, and there is none.")
        with self._changing() as before:
            left = [key for key in before if key.name != name]
            if len(left) == len(before):
                raise BadOption(f"Expected the name of a key, got {name[:80]}, which none has.")
            self._write(left)

    @contextmanager
    def _changing(self) -> Iterator[tuple[Key, ...]]:
        """Give the keys, which nobody else changes meanwhile."""
        make(self._folder)
        file = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            locks.wait(file)
            yield self.all()
        finally:
            os.close(file)

    def _said(self) -> _Said:
        stamp = self._stamped()
        if stamp is None:
            return _Said()
        kept = self._kept
        if kept is None or stamp != kept[0]:
            # At once: between two, another thread would take old keys for those of a new file.
            kept = self._kept = (stamp, self._read())
        return kept[1]

    def _stamped(self) -> tuple[int, ...] | None:
        """Return what changes with the file, or None where there is none."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as why:
            raise self._unreadable(why) from why
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def _read(self) -> _Said:
        try:
            said = json.loads(self._path.read_bytes())
            keys = tuple(_from_row(row) for row in said["keys"])
            return _Said(keys, said.get("opened") is True)
        except (OSError, ValueError, KeyError, TypeError) as why:
            raise self._unreadable(why) from why

    def _unreadable(self, why: Exception) -> BadSettings:
        # Nobody is let in by a file of which nobody knows what it says.
        return BadSettings(
            f"Expected the keys of {self._work} in {self._path}, got what cannot be read: {why}.",
            public=f"The keys of {self._work} cannot be read.",
        )

    def _write(self, keys: Iterable[Key], *, opened: bool = False) -> None:
        rows = [asdict(key) for key in keys]
        text = json.dumps({"keys": rows, "opened": opened}, indent=1)
        # Made with mode 600, and there or not there, never in part.
        handle, name = tempfile.mkstemp(prefix=f"{FILE}.", dir=self._folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
            sync_folder(self._folder)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _check_key_name(name: str) -> None:
    if not NAME.fullmatch(name) or name in TAKEN:
        raise BadOption(
            "Expected a key's name of up to 64 letters, digits, dots, dashes and underscores, "
            f"other than {', '.join(TAKEN)}, got {name[:80]!r}."
        )


def _from_row(row: dict[str, Any]) -> Key:
    return Key(**{**row, "scope": Scope(row["scope"])})


def _hashed(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
