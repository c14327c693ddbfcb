"""`foveate people key` and `foveate people audit`: who may ask over a network, and who did."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from foveate.cli.complaints import printable, warn
from foveate.cli.people_tables import key_table, print_table, say
from foveate.cli.people_words import collections_there
from foveate.cli.several import AsJson
from foveate.enrolled import COLLECTION
from foveate.errors import BadOption, BadSettings, FoveateError
from foveate.people.keys import ANY, Scope

if TYPE_CHECKING:
    from foveate.people.access_keys import AccessKeys
    from foveate.people.keys import Keys

app = typer.Typer(
    help="Keys with which programs ask the face index over HTTP. Until there is one, this machine "
    "needs none.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="What the key is called, such as who has it.")]

LINE: Final = ("by", "user", "door", "verb", "collection", "outcome")
"""What of an entry stands in a line, in this order, before names and counts."""


@app.command()
def add(
    name: Name,
    collection: Annotated[
        str, typer.Option("--collection", "-c", help="What it is for; * is every collection.")
    ] = "people",
    scope: Annotated[
        Scope,
        typer.Option(help="read: list and search; write: enrol and erase too; admin: all of it."),
    ] = Scope.READ,
    aws: Annotated[
        bool,
        typer.Option(
            "--aws",
            help="For clients of AWS: an access key in the file of FOVEATE_REKOGNITION__KEY_FILE.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print its secret, which is told only now."""
    if aws:
        _add_access_key(name, collection, scope, as_json=as_json)
        return
    keys, access_keys = _access().keys, _access_keys()
    _check_is_new(name, access_keys is not None and access_keys.has(name), "an access key's")
    secret = keys.add(name, collection, scope)
    told = {"name": name, "collection": collection, "scope": scope.value, "secret": secret}
    say(told, secret, as_json=as_json)
    with suppress(FoveateError):  # the key is made, and its secret is told once
        if collection not in {ANY, COLLECTION} and collection not in collections_there():
            warn(f"There is no collection {collection} yet: the key is for one of that name.")


def _add_access_key(name: str, collection: str, scope: Scope, *, as_json: bool) -> None:
    from foveate.people.access_keys import SETTING

    access_keys = _access_keys()
    if access_keys is None:
        raise BadSettings(f"{SETTING}: expected a file for access keys, got none.")
    _check_is_new(name, any(key.name == name for key in _access().keys.all()), "a key's")
    made = access_keys.add(name, collection, scope)
    told = {"name": name, "collection": collection, "scope": scope.value}
    said = {"AWS_ACCESS_KEY_ID": made.id, "AWS_SECRET_ACCESS_KEY": made.secret}
    lines = "\n".join(f"{word}={value}" for word, value in said.items())
    say({**told, **said}, lines, as_json=as_json)


def _check_is_new(name: str, taken: bool, whose: str) -> None:
    """Do nothing for a name that no key of the other file has.

    Limits, the audit log and the ledger know a key by its name alone, and so does who revokes it.
    """
    if taken:
        raise BadOption(f"Expected a new name, got {name}, which is {whose} already.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the keys, those of clients of AWS too; no secret is told."""
    keys, file = _access().keys.all(), _access_keys()
    access_keys = file.all() if file is not None else ()
    if not (keys or access_keys or as_json):
        typer.echo("There are no keys. To make one: foveate people key add NAME")
        return
    hidden = [{k: v for k, v in asdict(key).items() if k != "sha256"} for key in keys]
    told: dict[str, Any] = {"keys": hidden}
    if access_keys:
        told["access_keys"] = [
            {
                "name": each.key.name,
                "access_key_id": each.id,
                "collection": each.key.collection,
                "scope": each.key.scope.value,
            }
            for each in access_keys
        ]
    print_table(told, key_table(keys, access_keys), as_json=as_json)


def _access_keys() -> AccessKeys | None:
    """Return the keys of clients of AWS; None where no file is named for them."""
    from foveate.background import default_app
    from foveate.people.access_keys import AccessKeys

    file = default_app().settings.rekognition.key_file
    return AccessKeys(Path(file).expanduser()) if file else None


@app.command()
def revoke(name: Name) -> None:
    """Let a key be good for nothing any more, whether or not it is one for clients of AWS."""
    keys, access_keys = _access().keys, _access_keys()
    known = any(key.name == name for key in keys.all())
    if known:  # first, whatever is with the other file
        _revoke_key(keys, name, others=access_keys is not None)
    if access_keys is not None and access_keys.revoke(name):
        typer.echo(f"The access key {name} is revoked: no client of AWS is let in by it.")
    elif not known:
        keys.revoke(name)  # which says that there is none


def _revoke_key(keys: Keys, name: str, *, others: bool) -> None:
    keys.revoke(name)
    but = " but clients of AWS, by access keys of their own," if others else ""
    last = f" It was the last one: nobody{but} is answered until there is another."
    typer.echo(f"{name} is revoked.{'' if keys.all() else last}")


@app.command("open")
def open_() -> None:
    """Let this machine ask without a key again, once all are revoked."""
    _access().keys.open()
    typer.echo("This machine is answered without a key.")


def audit(
    since: Annotated[
        str, typer.Option(help="Only from this date or time on, as 2026-01-31 or 2026-01-31T08:00.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Print who asked the face index for what, oldest first; as JSON, a line each."""
    for entry in _access().audit.entries(_seconds(since)):
        typer.echo(json.dumps(entry) if as_json else _line(entry))


def _access() -> Any:  # noqa: ANN401 - imported only now, to start fast
    from foveate.background import default_app

    return default_app().access


def _seconds(written: str) -> float:
    """Return a time as seconds since 1970; in UTC where no zone is said. Raises BadOption."""
    if not written:
        return 0.0
    try:
        time = datetime.fromisoformat(written)
    except ValueError as why:
        raise BadOption(f"Expected a time such as 2026-01-31T08:00, got {written}.") from why
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _line(entry: dict[str, Any]) -> str:
    when = datetime.fromtimestamp(entry["time"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    words = [str(entry.get(key, "")) for key in LINE]
    names = [str(name) for name in dict.fromkeys(entry.get("subjects", ())) if name]
    names = names or [str(face) for face in entry.get("faces", ())]
    count = f"({entry['count']})" if "count" in entry else ""
    return printable(" ".join(filter(None, (when, *words, ", ".join(names), count))))
