"""The access keys of those who ask as AWS's clients do: a file of the operator's.

Signature Version 4 is verified with the secret itself, of which our other keys keep a hash alone.
So these are apart: a line each in a file that nobody but the server may read, never beside the
faces that they open, and never in the environment or in a settings file.
"""

from __future__ import annotations

import os
import re
import secrets
from base64 import b32encode, b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from foveate import locks
from foveate.enrolled import checked_name
from foveate.errors import BadOption, BadSettings
from foveate.people.audit import BINARY, last_byte
from foveate.people.keys import ANY, NAME, TAKEN, Key, Scope
from foveate.people.secret_file import unfit_mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTING: Final = "FOVEATE_REKOGNITION__KEY_FILE"
FORMAT: Final = "NAME ACCESS_KEY_ID SECRET COLLECTION SCOPE"
PUBLIC: Final = "The access keys of this server cannot be read."
ACCESS_KEY: Final = re.compile(r"\w{16,128}", re.ASCII)
"""As AWS has them."""
FEWEST_CHARACTERS: Final = 32
"""Of a secret: whoever sees one signed request may guess at it for as long as he likes."""
MOST_BYTES: Final = 1024 * 1024
ID_BYTES: Final = 10
SECRET_BYTES: Final = 30
PREFIX: Final = "FOV"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key with what requests are signed with."""

    id: str
    secret: str = field(repr=False)
    key: Key
    """What it is called, and good for."""


class AccessKeys:
    """The keys of a file, which is read anew when it was changed. Thread-safe; calls block."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[tuple[int, ...], dict[str, AccessKey]] | None = None

    def of(self, access_key: str) -> AccessKey | None:
        """Return the key of that id, or None; there is none without a file.

        Raises BadSettings, which names the line and nothing of what stands there.
        """
        return self._all().get(access_key)

    def all(self) -> tuple[AccessKey, ...]:
        """Return all of them, as they stand in the file. Raises BadSettings."""
        return tuple(self._all().values())

    def add(self, name: str, collection: str, scope: Scope) -> AccessKey:
        """Make a key, append it to the file, and return it. Raises BadOption, BadSettings."""
        if collection != ANY:
            checked_name(collection)
        if not _is_name(name):
            raise BadOption(
                "Expected a name of up to 64 letters, digits, dots, dashes and underscores, "
                f"got {name[:80]!r}."
            )
        made = _made(name, collection, scope)
        line = f"{name} {made.id} {made.secret} {collection} {scope.value}\n".encode()
        with self._changing(os.O_APPEND | os.O_CREAT) as file:
            if self.has(name):
                raise BadOption(
                    f"Expected a new name, got {name}, which is an access key's already."
                )
            _append(file, line)
        return made

    def has(self, name: str) -> bool:
        """Return whether a key is called so. Raises BadSettings."""
        return any(each.key.name == name for each in self.all())

    def revoke(self, name: str) -> bool:
        """Let a key be good for nothing any more; return whether there was one of that name.

        Raises BadSettings.
        """
        if not self.has(name):
            return False
        with self._changing() as file:
            text = os.read(file, MOST_BYTES)
            for at, line in _places(text):
                if line.split()[:1] == [name]:
                    _blank(file, at, len(line))
        return True

    @contextmanager
    def _changing(self, flags: int = 0) -> Iterator[int]:
        """Give the file, which nobody else changes so meanwhile. Raises BadSettings."""
        try:
            file = os.open(self._path, os.O_RDWR | BINARY | flags, 0o600)
            try:
                locks.wait(file)
                os.lseek(file, 0, os.SEEK_SET)  # on Windows the lock has moved it
                yield file
            finally:
                os.close(file)
        except OSError as why:
            raise _unread(f"expected a file that can be written, got {why}.") from why

    def _all(self) -> dict[str, AccessKey]:
        try:
            with self._path.open("rb") as file:
                said = os.fstat(file.fileno())
                stamp = (said.st_ino, said.st_mtime_ns, said.st_size, said.st_mode)
                kept = self._kept
                if kept is None or kept[0] != stamp:
                    _check_mode(self._path, said.st_mode)
                    self._kept = kept = (stamp, _read(file.read(MOST_BYTES + 1)))
                return kept[1]
        except FileNotFoundError:
            return {}
        except OSError as why:
            raise _unread(f"expected a file to read, got {why}.") from why


def _append(file: int, line: bytes) -> None:
    """Add a line as a whole, or nothing: with half of one no key would be good."""
    size = os.fstat(file).st_size
    ended = not size or last_byte(file, size) == b"\n"
    whole = line if ended else b"\n" + line
    _check_length(size + len(whole))
    if os.write(file, whole) != len(whole):
        os.ftruncate(file, size)
        raise OSError("only a part of the line was written")


def _blank(file: int, at: int, length: int) -> None:
    """Write over a line, where it stands: the file stays whose it is, and others keep their places.

    From its first byte on it is a remark, so whoever reads meanwhile meets a key or none, and no
    half of one.
    """
    os.lseek(file, at, os.SEEK_SET)
    if os.write(file, b"#" * length) != length:
        raise OSError("only a part of the line was written over")
    os.fsync(file)


def _check_length(length: int) -> None:
    if length > MOST_BYTES:
        raise _unread(f"expected up to {MOST_BYTES} bytes, got more. Take out keys of nobody.")


def _made(name: str, collection: str, scope: Scope) -> AccessKey:
    access_key = PREFIX + b32encode(secrets.token_bytes(ID_BYTES)).decode()
    secret = b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return AccessKey(access_key, secret, _key(name, secret, collection, scope))


def _key(name: str, secret: str, collection: str, scope: Scope) -> Key:
    hashed = sha256(secret.encode()).hexdigest()
    return Key(name=name, collection=collection, scope=scope, sha256=hashed, added=0.0)


def _check_mode(path: Path, mode: int) -> None:
    if why := unfit_mode(path, mode):
        raise _unread(why)


def _read(text: bytes) -> dict[str, AccessKey]:
    _check_length(len(text))
    found: dict[str, AccessKey] = {}
    for number, words in _lines(text):
        key = _from_words(words)
        if key is None:
            raise _unread(
                f"line {number}: expected {FORMAT} with a secret of {FEWEST_CHARACTERS} characters "
                "or more, got something else."
            )
        if key.id in found or any(key.key.name == each.key.name for each in found.values()):
            raise _unread(f"line {number}: expected a new name and id, got those of another line.")
        found[key.id] = key
    return found


def _places(text: bytes) -> Iterator[tuple[int, str]]:
    """Yield each line, without its end, with where it begins: a byte is a character here."""
    whole, at = text.decode("ascii", "replace"), 0
    for line, ended in zip(whole.splitlines(), whole.splitlines(keepends=True), strict=True):
        yield at, line
        at += len(ended)


def _lines(text: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each line that says something, with its number."""
    for number, (_, line) in enumerate(_places(text), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield number, words


def _from_words(words: list[str]) -> AccessKey | None:
    try:
        name, access_key, secret, collection, scope = words
        if collection != ANY:
            checked_name(collection)
        meant = Scope(scope)
    except (ValueError, BadOption):
        return None
    fits = _is_name(name) and ACCESS_KEY.fullmatch(access_key) and len(secret) >= FEWEST_CHARACTERS
    return AccessKey(access_key, secret, _key(name, secret, collection, meant)) if fits else None


def _is_name(name: str) -> bool:
    return bool(NAME.fullmatch(name)) and name not in TAKEN


def _unread(why: str) -> BadSettings:
    return BadSettings(f"{SETTING}: {why}", public=PUBLIC)
