"""`foveate people`: enrolling people, finding them again, and erasing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import printable, warn
from foveate.cli.people_erase import erase
from foveate.cli.people_groups import clusters, describe, duplicates, name_
from foveate.cli.people_import import import_
from foveate.cli.people_keys import app as keys
from foveate.cli.people_keys import audit
from foveate.cli.people_tables import (
    collection_table,
    enrolment_line,
    face_table,
    faces_are,
    faces_of,
    found_lines,
    print_table,
    resemblance,
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
    Subject,
    from_pairs,
    page_of,
    people,
)
from foveate.cli.several import AsJson, Pictures, each, read_picture
from foveate.enrolled import Selection
from foveate.errors import BadOption
from foveate.options.gravities import place_of

if TYPE_CHECKING:
    from foveate.service.found import Enrolment

app = typer.Typer(help="Enrol people, find them again, erase them.", no_args_is_help=True)
Offset = Annotated[int, typer.Option(help="Leave out so many.", min=0)]
At = Annotated[
    str,
    typer.Option(
        metavar="XxY",
        help="Which of several faces, such as 0.52x0.31: X of the width and Y of the height.",
    ),
]
app.command("import")(import_)
for command in (erase, clusters, describe, duplicates):
    app.command()(command)
app.command("name")(name_)
app.command()(audit)
app.add_typer(keys, name="key")


@app.command()
def add(  # noqa: PLR0917 - each is a word of the command
    pictures: Pictures,
    subject: Annotated[
        str, typer.Option("--subject", "-s", help="Who it is; without it, every face, unnamed.")
    ] = "",
    collection: Collection = "people",
    meta: Meta = None,
    force: Force = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Enrol who is on pictures."""
    from foveate.service.found import enrolment_to_json

    index, metadata, place = people(collection), from_pairs(meta), pair_of(at)

    def one(name: str) -> Enrolment:
        kept = None if "://" in name else str(Path(name).absolute())
        return index.add(
            read_picture(name),
            subject,
            source=kept or name,
            metadata=metadata,
            every=not subject,
            force=force,
            at=place,
        )

    for name, made in each(pictures, one):
        told = {"source": name, **enrolment_to_json(made)}
        say(told, enrolment_line(name, made), as_json=as_json)
        if made.resembles and not as_json:
            warn(f"{name}: {resemblance(made.resembles)}.")


def pair_of(at: str) -> tuple[float, float] | None:
    """Return the place that `--at` says. Raises BadOption."""
    place = place_of(at)
    return None if place is None else (place.x, place.y)


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
    subject: Subject,
    collection: Collection = "people",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a picture shows that subject; the exit code is 1 where it does not."""
    verified = people(collection).verify(read_picture(picture), subject, at=pair_of(at))
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
    index = people(collection)
    found = page_of(index.subjects(prefix=prefix, offset=offset, limit=limit + 1), limit, offset)
    unnamed = index.count(Selection(named=False))
    told = [columns_of(row, "name", "faces", "added") for row in found]
    print_table({"subjects": told, "unnamed": unnamed}, subject_table(found), as_json=as_json)
    if unnamed and not as_json:
        have = "has" if unnamed == 1 else "have"
        typer.echo(f'{faces_of(unnamed)} {have} no name: foveate people show "" -c {collection}')


@app.command()
def show(
    subject: Subject,
    collection: Collection = "people",
    limit: AT_MOST = 100,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List the faces of a subject; of "" those that nobody has named."""
    from foveate.service.found import enrolled_to_json

    index = people(collection)
    chosen = Selection(subjects=(subject,)) if subject else Selection(named=False)
    told = index.verbs.told(collection, chosen, offset=offset, limit=limit + 1)
    found = page_of(told, limit, offset)
    if subject and not found:
        index.verbs.check_subject(collection, subject)
    faces = {"faces": [enrolled_to_json(face) for face in found]}
    print_table(faces, face_table(found), as_json=as_json)


@app.command()
def rename(
    subject: Subject,
    name: Annotated[str, typer.Argument(help="The new name.")],
    collection: Collection = "people",
) -> None:
    """Call a subject otherwise."""
    count = people(collection).rename(subject, name)
    typer.echo(f"{printable(subject)} is {printable(name)} now, with {faces_of(count)}.")


@app.command()
def merge(
    subject: Subject,
    into: Annotated[str, typer.Argument(help="The subject who gets the faces.")],
    collection: Collection = "people",
) -> None:
    """Give all faces of one subject to another."""
    count = people(collection).merge(subject, into)
    typer.echo(f"{printable(into)} got {faces_of(count)} of {printable(subject)}.")


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
    were = "was" if done.faces == 1 else "were"
    sentence = f"{faces_of(done.faces)} {were} read anew, {len(lost)} could not be."
    if not done.written:
        sentence += " Nothing was changed. Put their pictures back, or let go of them: --drop"
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
    say(told, f"{faces_are(made.faces, collection)} sealed {now}.", as_json=as_json)


@app.command()
def export(
    into: Annotated[Path, typer.Argument(help="A .jsonl file to write; - is standard output.")],
    collection: Collection = "people",
    force: Annotated[
        bool, typer.Option("--force", help="Write the file anew where it is there already.")
    ] = False,
) -> None:
    """Write all faces with their embeddings, in the clear, a line of JSON each, for `import`."""
    from foveate.cli.render import holds_something
    from foveate.people.vectors import lines_of

    index = people(collection)
    model = index.model
    lines = lines_of(index.every(), model)
    if str(into) == "-":
        for line in lines:
            typer.echo(line)
        return
    if holds_something(into) and not force:
        raise BadOption(
            f"Expected the name of a new file to write, got {into}: --force writes it anew."
        )
    into.touch(mode=0o600)  # it is nobody else's; a file that is there already stays as it is
    with into.open("w", encoding="utf-8") as file:
        count = sum(bool(file.write(f"{line}\n")) for line in lines)
    typer.echo(f"{faces_are(count)} in {into}.")
