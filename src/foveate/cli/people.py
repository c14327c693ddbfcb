"""`foveate people`: enrolling people, finding them again, and erasing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.batch import AsJson, Pictures, each, read_picture
from foveate.cli.complaints import printable
from foveate.cli.people_erase import erase
from foveate.cli.people_import import import_
from foveate.cli.people_keys import app as keys
from foveate.cli.people_keys import audit
from foveate.cli.people_tables import (
    cluster_lines,
    collection_table,
    enrolment_line,
    face_table,
    found_lines,
    print_table,
    say,
    subject_table,
    verified_line,
)
from foveate.cli.people_words import (
    AT_MOST,
    Collection,
    Confidence,
    Force,
    Meta,
    from_pairs,
    people,
)

if TYPE_CHECKING:
    from foveate.service.people import Enrolment

app = typer.Typer(help="Enrol people, find them again, erase them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The name of a subject.", metavar="SUBJECT")]
Offset = Annotated[int, typer.Option(help="Leave out so many.", min=0)]
app.command("import")(import_)
app.command()(erase)
app.command()(audit)
app.add_typer(keys, name="key")


@app.command()
def add(
    pictures: Pictures,
    subject: Annotated[
        str, typer.Option("--subject", "-s", help="Who it is; without it, every face, unnamed.")
    ] = "",
    collection: Collection = "people",
    meta: Meta = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Enrol who is on pictures."""
    from foveate.service.found import enrolment_to_json

    index, metadata = people(collection), from_pairs(meta)

    def one(name: str) -> Enrolment:
        kept = None if "://" in name else str(Path(name).absolute())
        return index.add(
            read_picture(name),
            subject,
            source=kept or name,
            metadata=metadata,
            every=not subject,
            force=force,
        )

    for name, made in each(pictures, one):
        told = {"source": name, **enrolment_to_json(made)}
        say(told, enrolment_line(name, made), as_json=as_json)


@app.command()
def search(
    pictures: Pictures,
    collection: Collection = "people",
    limit: Annotated[int, typer.Option(help="Candidates for each face.", min=1)] = 3,
    confidence: Confidence = None,
    as_json: AsJson = False,
) -> None:
    """Say who is on pictures."""
    index = people(collection)
    for name, found in each(
        pictures, lambda name: index.find(read_picture(name), limit=limit, confidence=confidence)
    ):
        told = {"source": name, "faces": [face.to_json() for face in found]}
        say(told, found_lines(name, found), as_json=as_json)


@app.command()
def verify(
    picture: Annotated[str, typer.Argument(help="A picture file, an http(s) address or -.")],
    subject: Name,
    collection: Collection = "people",
    as_json: AsJson = False,
) -> None:
    """Say whether a picture shows that subject; the exit code is 1 where it does not."""
    verified = people(collection).verify(read_picture(picture), subject)
    say(verified.to_json(), verified_line(subject, verified), as_json=as_json)
    if verified.verdict != "same":
        raise typer.Exit(1)


@app.command("list")
def list_(
    collection: Annotated[
        str, typer.Option("--collection", "-c", help="List who is in it; without it, collections.")
    ] = "",
    prefix: Annotated[str, typer.Option(help="Only names that begin so.")] = "",
    limit: AT_MOST = 100,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List the collections, or the subjects of one."""
    from foveate.service.found import columns_of

    if not collection:
        rows = list(people("people").collections())
        names = ("name", "faces", "model", "version", "sealed", "unfinished")
        listed = [columns_of(row, *names) for row in rows]
        print_table({"collections": listed}, collection_table(rows), as_json=as_json)
        return
    found = people(collection).subjects(prefix=prefix, offset=offset, limit=limit)
    told = [columns_of(row, "name", "faces", "added") for row in found]
    print_table({"subjects": told}, subject_table(found), as_json=as_json)


@app.command()
def show(
    subject: Name,
    collection: Collection = "people",
    limit: AT_MOST = 100,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List the faces of a subject; of "" those that nobody has named."""
    from foveate.enrolled import Selection
    from foveate.service.found import enrolled_to_json

    chosen = Selection(subjects=(subject,)) if subject else Selection(named=False)
    found = people(collection).faces(chosen, offset=offset, limit=limit)
    told = {"faces": [enrolled_to_json(face) for face in found]}
    print_table(told, face_table(found), as_json=as_json)


@app.command()
def rename(
    subject: Name,
    name: Annotated[str, typer.Argument(help="The new name.")],
    collection: Collection = "people",
) -> None:
    """Call a subject otherwise."""
    count = people(collection).rename(subject, name)
    typer.echo(f"{printable(subject)} is {printable(name)} now, with {count} faces.")


@app.command()
def merge(
    subject: Name,
    into: Annotated[str, typer.Argument(help="The subject who gets the faces.")],
    collection: Collection = "people",
) -> None:
    """Give all faces of one subject to another."""
    count = people(collection).merge(subject, into)
    typer.echo(f"{printable(into)} got {count} faces of {printable(subject)}.")


@app.command()
def clusters(collection: Collection = "people", as_json: AsJson = False) -> None:
    """Group the faces that nobody has named by who they look like."""
    groups = people(collection).clusters()
    say({"clusters": groups}, cluster_lines(groups), as_json=as_json)


@app.command()
def name(
    face: Annotated[str, typer.Argument(help="The id of any face of a cluster.")],
    subject: Name,
    collection: Collection = "people",
    alone: Annotated[bool, typer.Option("--alone", help="Name this face only.")] = False,
) -> None:
    """Say who a cluster is: all unnamed faces that belong to this one get the name."""
    index = people(collection)
    count = index.name([face] if alone else index.cluster_of(face), subject)
    typer.echo(f"{count} faces are {printable(subject)} now.")


@app.command()
def duplicates(collection: Collection = "people", as_json: AsJson = False) -> None:
    """List pairs of faces that come from the same picture."""
    pairs = people(collection).duplicates()
    told = [{"faces": list(pair.faces), "cosine": round(pair.cosine, 4)} for pair in pairs]
    lines = [f"{pair.faces[0]}  {pair.faces[1]}  {pair.cosine:.3f}" for pair in pairs]
    say({"pairs": told}, "\n".join(lines) or "No two faces come from one picture.", as_json=as_json)


@app.command()
def reindex(
    collection: Annotated[str, typer.Argument(help="The collection to make anew.")],
    drop: Annotated[
        bool, typer.Option("--drop", help="Let go of faces that cannot be read anew.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read all faces anew with today's network, from the crops or sources that were kept."""
    from foveate.cli.people_import import counted
    from foveate.service.reindex import lost_lines

    with counted("Reading faces anew") as told:
        done = people(collection).reindex(drop=drop, told=told)
    lost = lost_lines(done.lost)
    for line in lost:
        typer.echo(printable(line), err=True)
    sentence = f"{done.faces} faces were read anew, {len(lost)} could not be."
    if not done.written:
        sentence += " Nothing was changed. To let go of those: --drop"
    told_ = {"model": done.model, "faces": done.faces, "lost": lost, "written": done.written}
    say(told_, sentence, as_json=as_json)
    if not done.written:
        raise typer.Exit(1)


@app.command()
def seal(
    collection: Annotated[str, typer.Argument(help="The collection to encrypt.")],
    as_json: AsJson = False,
) -> None:
    """Encrypt the embeddings and crops of a collection with the newest key, and remove the old."""
    index = people(collection)
    changed = index.seal()
    (made,) = (each for each in index.collections() if each.name == collection)
    told = {"sealed": made.sealed, "faces": made.faces, "changed": changed}
    now = f"with key {made.sealed}" if changed else f"with key {made.sealed} already"
    say(told, f"{made.faces} faces of {collection} are sealed {now}.", as_json=as_json)


@app.command()
def export(
    into: Annotated[Path, typer.Argument(help="A .jsonl file to write; - is standard output.")],
    collection: Collection = "people",
) -> None:
    """Write all faces with their embeddings, in the clear, a line of JSON each, for `import`."""
    from foveate.people.vectors import lines_of

    index = people(collection)
    model = index.model
    lines = lines_of(index.every(), model)
    if str(into) == "-":
        for line in lines:
            typer.echo(line)
        return
    into.touch(mode=0o600)  # it is nobody else's; a file that is there already stays as it is
    with into.open("w", encoding="utf-8") as file:
        count = sum(bool(file.write(f"{line}\n")) for line in lines)
    typer.echo(f"{count} faces are in {into}.")
