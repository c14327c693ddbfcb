"""Keys: kept as hashes, good for what they say, gone when they are revoked."""

from __future__ import annotations

import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from foveate.errors import BadOption, BadSettings
from foveate.people.keys import FILE, Keys, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("collection", "scope", "allowed"),
    [
        ("team", Scope.READ, {("read", "team")}),
        ("team", Scope.WRITE, {("read", "team"), ("write", "team")}),
        ("team", Scope.ADMIN, {("read", "team"), ("write", "team"), ("admin", "team")}),
        ("*", Scope.READ, {("read", "team"), ("read", "guests")}),
    ],
)
def test_a_key_is_good_for_its_collection_and_for_scopes_up_to_its_own(
    tmp_path: Path, collection: str, scope: Scope, allowed: set[tuple[str, str]]
) -> None:
    keys = Keys(tmp_path)
    key = keys.of(keys.add("door", collection, scope))
    assert key is not None
    asked = {(each, where) for each in Scope for where in ("team", "guests")}
    assert {(each.value, where) for each, where in asked if key.allows(each, where)} == allowed


def test_secrets_are_long_different_and_nowhere_in_the_folder(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    secrets = [keys.add(name, "*", Scope.READ) for name in ("one", "two")]
    assert len(set(secrets)) == 2
    assert all(len(secret) > 43 for secret in secrets)
    text = (tmp_path / FILE).read_text()
    assert not any(secret in text for secret in secrets)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert not list(tmp_path.glob(f"{FILE}.*"))


def test_what_another_process_changes_is_seen_at_once(tmp_path: Path) -> None:
    here, there = Keys(tmp_path), Keys(tmp_path)
    assert here.all() == ()
    secret = there.add("door", "team", Scope.READ)
    found = here.of(secret)
    assert found is not None
    assert found.name == "door"
    there.revoke("door")
    assert here.of(secret) is None


@pytest.mark.parametrize("given", ["", "foveate_", "door", "f\udcff"])
def test_what_is_no_secret_finds_no_key(tmp_path: Path, given: str) -> None:
    keys = Keys(tmp_path)
    secret = keys.add("door", "team", Scope.READ)
    assert keys.of(given) is None
    assert keys.of(secret[:-1]) is None
    assert keys.of(keys.all()[0].sha256) is None


@pytest.mark.parametrize(
    ("name", "collection"),
    [
        ("", "team"),
        ("local", "team"),
        ("signed-url", "team"),
        ("grpc", "team"),
        ("a b", "team"),
        ("x" * 65, "team"),
        ("a", "No Name"),
    ],
)
def test_names_are_names(tmp_path: Path, name: str, collection: str) -> None:
    with pytest.raises(BadOption, match="Expected"):
        Keys(tmp_path).add(name, collection, Scope.READ)


def test_a_name_is_given_once_and_revoked_once(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.add("door", "team", Scope.READ)
    with pytest.raises(BadOption, match="door"):
        keys.add("door", "*", Scope.ADMIN)
    keys.revoke("door")
    with pytest.raises(BadOption, match="door"):
        keys.revoke("door")


@pytest.mark.parametrize("text", ["", "[]", '{"keys": [{"name": "x"}]}', '{"keys": 3}'])
def test_a_file_that_says_nothing_lets_nobody_in(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(BadSettings) as caught:
        Keys(tmp_path).all()
    assert str(tmp_path) not in caught.value.public


def test_a_scope_that_there_is_not_lets_nobody_in(tmp_path: Path) -> None:
    Keys(tmp_path).add("door", "team", Scope.READ)
    kept = json.loads((tmp_path / FILE).read_text())
    kept["keys"][0]["scope"] = "all"
    (tmp_path / FILE).write_text(json.dumps(kept))
    with pytest.raises(BadSettings):
        Keys(tmp_path).all()


class Interrupted(Keys):
    """Whose thread is interrupted by others after each thing that it publishes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.meanwhile: list[Callable[[], None]] = []

    def _read(self) -> Any:
        found = super()._read()
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return found

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name != "meanwhile" and getattr(self, "meanwhile", None):
            self.meanwhile[0]()


def test_a_thread_that_reads_slowly_brings_no_revoked_key_back(tmp_path: Path) -> None:
    keys, found = Interrupted(tmp_path), []
    secret = Keys(tmp_path).add("door", "team", Scope.READ)

    def revoked() -> None:
        Keys(tmp_path).revoke("door")
        keys.all()
        keys.meanwhile = [ask]

    def ask() -> None:
        keys.meanwhile = []
        found.append(keys.of(secret))
        keys.meanwhile = [ask]

    keys.meanwhile = [revoked]
    keys.all()
    assert found
    assert not any(found)


def test_once_there_was_a_key_one_is_needed_until_somebody_opens_the_index(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    with pytest.raises(BadOption, match="there is none"):
        keys.revoke("web")
    assert not keys.are_needed
    keys.add("web", "people", Scope.READ)
    with pytest.raises(BadOption, match="Expected no key"):
        keys.open()
    keys.revoke("web")
    assert keys.are_needed
    (tmp_path / FILE).unlink()
    assert keys.are_needed, "a file that is lost opens nothing"
    keys.open()
    assert not keys.are_needed


def test_opening_waits_for_whoever_makes_a_key_and_takes_none_away(tmp_path: Path) -> None:
    made = Event()

    class Slow(Keys):
        def _write(self, *args: Any, **how: Any) -> None:
            made.set()
            time.sleep(0.2)
            super()._write(*args, **how)

    slow = Slow(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        secret = pool.submit(slow.add, "door", "team", Scope.READ)
        assert made.wait(10)
        with pytest.raises(BadOption, match="Expected no key"):
            Keys(tmp_path).open()
        assert Keys(tmp_path).of(secret.result(10))


def test_an_index_that_was_opened_needs_a_key_again_once_there_is_one(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.open()
    assert not Keys(tmp_path).are_needed
    keys.add("web", "people", Scope.READ)
    keys.revoke("web")
    assert Keys(tmp_path).are_needed
    keys.open()
    (tmp_path / FILE).unlink()
    assert Keys(tmp_path).are_needed, "a file that is lost opens nothing"


def test_keys_that_cannot_be_read_are_said_with_their_file_and_what_they_are_for(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).write_text("x")
    for work, keys in (("the face index", Keys(tmp_path)), ("jobs", Keys(tmp_path, "jobs"))):
        with pytest.raises(BadSettings, match=f"keys of {work} in {tmp_path / FILE}") as caught:
            keys.all()
        assert caught.value.public == f"The keys of {work} cannot be read."
