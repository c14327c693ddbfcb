"""`foveate people key` and `foveate people audit`, run as a user runs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.background import forget_settings
from foveate.cli.main import app
from foveate.errors import BadOption, BadSettings
from foveate.people.access_keys import AccessKeys
from foveate.people.audit import AuditLog
from foveate.people.keys import Keys, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FOVEATE_PEOPLE__FOLDER", str(tmp_path / "index"))
    forget_settings()
    yield tmp_path / "index"
    forget_settings()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["people", *words], catch_exceptions=False)


def test_a_secret_is_printed_once_and_opens_what_was_asked_for(folder: Path) -> None:
    secret = run("key", "add", "door", "-c", "team", "--scope", "write").stdout.strip()
    key = Keys(folder).of(secret)
    assert key is not None
    assert (key.name, key.collection, key.scope.value) == ("door", "team", "write")
    listed = run("key", "list", "--json").stdout
    (row,) = json.loads(listed)["keys"]
    assert (row["name"], row["collection"], row["scope"]) == ("door", "team", "write")
    for text in (listed, run("key", "list").stdout):
        assert secret not in text
        assert key.sha256 not in text


def test_where_there_is_no_key_it_is_said_how_one_is_made(folder: Path) -> None:
    assert "no keys" in (listed := run("key", "list").stdout)
    assert "foveate people key add NAME" in listed
    assert json.loads(run("key", "list", "--json").stdout) == {"keys": []}
    assert not folder.exists()
    assert run("key", "add", "app", "--collection", "people").stderr == ""


def test_a_key_for_clients_of_aws_lies_in_a_file_of_its_own(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadSettings, match="FOVEATE_REKOGNITION__KEY_FILE"):
        run("key", "add", "app", "--aws")
    monkeypatch.setenv("FOVEATE_REKOGNITION__KEY_FILE", str(tmp_path / "keys"))
    forget_settings()
    told = json.loads(run("key", "add", "app", "--aws", "-c", "team", "--json").stdout)
    found = AccessKeys(tmp_path / "keys").of(told["AWS_ACCESS_KEY_ID"])
    assert found is not None
    assert found.secret == told["AWS_SECRET_ACCESS_KEY"]
    assert (found.key.name, found.key.collection, found.key.scope.value) == ("app", "team", "read")
    lines = run("key", "add", "other", "--aws").stdout.splitlines()
    names = [line.partition("=")[0] for line in lines]
    assert names == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    assert not Keys(folder).all()
    with pytest.raises(BadOption, match="got app, which is an access key's already"):
        run("key", "add", "app", "--aws")


def test_keys_for_clients_of_aws_are_listed_without_their_secrets(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("key", "add", "door")
    assert "access_keys" not in json.loads(run("key", "list", "--json").stdout)
    monkeypatch.setenv("FOVEATE_REKOGNITION__KEY_FILE", str(tmp_path / "keys"))
    forget_settings()
    made = json.loads(run("key", "add", "app", "--aws", "-c", "team", "--json").stdout)
    own, aws = run("key", "list").stdout.splitlines()
    assert own.split("\t")[:3] == ["door", "people", "read"]
    assert aws.split("\t") == ["app", "team", "read", "", made["AWS_ACCESS_KEY_ID"]]
    listed = run("key", "list", "--json").stdout
    (row,) = json.loads(listed)["access_keys"]
    assert (row["name"], row["access_key_id"]) == ("app", made["AWS_ACCESS_KEY_ID"])
    assert made["AWS_SECRET_ACCESS_KEY"] not in listed
    assert len(Keys(folder).all()) == 1


@pytest.fixture
def access_keys(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AccessKeys:
    monkeypatch.setenv("FOVEATE_REKOGNITION__KEY_FILE", str(folder.parent / "keys"))
    forget_settings()
    return AccessKeys(folder.parent / "keys")


def test_a_name_is_one_keys_whoever_it_is_for(folder: Path, access_keys: AccessKeys) -> None:
    run("key", "add", "app", "--aws", "-c", "*", "--scope", "admin")
    run("key", "add", "door")
    with pytest.raises(BadOption, match="got app, which is an access key's already"):
        run("key", "add", "app")
    with pytest.raises(BadOption, match="got door, which is a key's already"):
        run("key", "add", "door", "--aws")
    assert [key.name for key in Keys(folder).all()] == ["door"]
    assert [each.key.name for each in access_keys.all()] == ["app"]


def test_a_key_is_revoked_by_its_name_wherever_it_lies(
    folder: Path, access_keys: AccessKeys
) -> None:
    run("key", "add", "app", "--aws", "-c", "*", "--scope", "admin")
    assert "The access key app is revoked" in run("key", "revoke", "app").stdout
    access_keys.add("both", "*", Scope.ADMIN)
    Keys(folder).add("both", "team", Scope.READ)
    told = run("key", "revoke", "both").stdout.splitlines()
    assert told[0].startswith("both is revoked. It was the last one: nobody but clients of AWS")
    assert told[1].startswith("The access key both is revoked")
    assert (access_keys.all(), Keys(folder).all()) == ((), ())
    with pytest.raises(BadOption, match="got both"):
        run("key", "revoke", "both")


def test_a_key_is_revoked_whatever_is_with_the_file_of_the_others(
    folder: Path, access_keys: AccessKeys
) -> None:
    run("key", "add", "app")
    (folder.parent / "keys").write_text("half a line")
    with pytest.raises(BadSettings, match="FOVEATE_REKOGNITION__KEY_FILE"):
        run("key", "revoke", "app")
    assert not Keys(folder).all()
    assert access_keys


def test_whoever_revokes_the_last_key_hears_so(folder: Path) -> None:
    run("key", "add", "one")
    told = json.loads(run("key", "add", "two", "--json").stdout)
    assert (told["scope"], told["collection"]) == ("read", "people")
    assert run("key", "revoke", "one").stdout == "one is revoked.\n"
    assert "nobody is answered" in run("key", "revoke", "two").stdout
    assert Keys(folder).are_needed
    assert "without a key" in run("key", "open").stdout
    assert not Keys(folder).are_needed


@pytest.mark.usefixtures("folder")
def test_a_key_that_there_is_not_cannot_be_revoked() -> None:
    with pytest.raises(BadOption, match="door"):
        run("key", "revoke", "door")


def test_the_audit_log_is_printed_from_a_time_on(folder: Path) -> None:
    times = iter([1_767_225_599.0, 1_767_225_600.0])  # around the new year of 2026, UTC
    log = AuditLog(folder, clock=lambda: next(times))
    for verb, outcome in (("search", "done"), ("erase", "asked")):
        names = {"subjects": ["Ann\x1b[2J"], "count": 1}
        log.write({"by": "door", "verb": verb, "collection": "t", "outcome": outcome, **names})
    lines = run("audit").stdout.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("2026-01-01 00:00:00 door erase t asked Ann")
    assert "\x1b" not in lines[1]
    (only,) = run("audit", "--since", "2026-01-01", "--json").stdout.splitlines()
    assert json.loads(only)["verb"] == "erase"
    with pytest.raises(BadOption, match="yesterday"):
        run("audit", "--since", "yesterday")
