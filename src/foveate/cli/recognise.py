"""`foveate recognise`: who is in a picture, a line for each stage as it arrives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from foveate.cli.complaints import printable
from foveate.cli.people_tables import chance, place_of
from foveate.cli.several import AsJson, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.service.told import Told

Picture = Annotated[
    str, typer.Argument(help="A picture file, an http(s) address or - for standard input.")
]
Parts = Annotated[
    str,
    typer.Option(
        help="What to tell, separated by commas: faces, embedding, age, gender, emotion, race, "
        "search; all that is switched on by default."
    ),
]
Collection = Annotated[str, typer.Option(help="Where to search.")]
Limit = Annotated[int, typer.Option(help="How many matches to tell of each face.")]
Cache = Annotated[
    bool, typer.Option("--cache", help="Take what was seen of the same picture before.")
]


def recognise(
    name: Picture,
    parts: Parts = "",
    collection: Collection = "",
    limit: Limit = 5,
    cache: Cache = False,
    as_json: AsJson = False,
) -> None:
    """Say who is in a picture, each thing as soon as it is known; --json is an object a line."""
    from foveate.background import default_app
    from foveate.library import recognise as recognised
    from foveate.service.told import asked

    words = [part.strip() for part in parts.split(",") if part.strip()]
    off = default_app().recogniser.switched_off(asked(words))
    picture = read_picture(name)
    stages = recognised(picture, words, collection=collection, limit=limit, cache=cache)
    for told in stages:
        if as_json:
            typer.echo(json.dumps({"stage": told.stage, **told.to_json()}))
        else:
            typer.echo(printable(line(told)))
    if as_json:
        typer.echo(json.dumps({"stage": "done", "switched_off": list(off)}))
    elif off:
        typer.echo(f"Not guessed: {', '.join(off)}. FOVEATE_ATTRIBUTES switches them on.")


def line(told: Told) -> str:
    """Return what a stage says, in one line."""
    if told.error is not None:
        said = told.error.public
    elif told.stage == "faces":
        count = len(told.value.faces)
        places = "; ".join(place_of(face.box) for face in told.value.faces)
        said = f"{count} face{'s'[: count != 1]} in {told.value.size}"
        said = f"{said}: {places}" if places else said
    else:
        said = "; ".join(map(OF_A_FACE[told.stage], _rows(told))) or "nobody"
    return f"{told.at_ms:6.0f} ms  {told.stage:9}  {said}"


def _rows(told: Told) -> Sequence[Any]:
    rows: Any = told.to_json()["value"]
    return list(rows)


def _label(guess: Mapping[str, Any]) -> str:
    return f"{guess['label']} {guess['probabilities'][guess['label']]:.0%}"


def _matches(matches: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(map(_match, matches)) or "nobody who is known"


def _match(match: Mapping[str, Any]) -> str:
    who = match["subject"] or f"unnamed face {match['face']}"
    return f"{chance(match['probability'])} likely {who} (cosine {match['cosine']:.3f})"


OF_A_FACE: Final[Mapping[str, Callable[[Any], str]]] = {
    "embedding": lambda vector: f"{len(vector)} numbers",
    "age": lambda age: f"{age['years']:.0f} years ({age['range'][0]}-{age['range'][1]})",
    **dict.fromkeys(("gender", "emotion", "race"), _label),
    "search": _matches,
}
"""How a face's row reads."""
