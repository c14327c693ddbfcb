"""`foveate design edit`: a design changed by a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import printable
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from foveate.design.assistant.states import State


def edit(
    file: Annotated[Path, typer.Argument(help="A design, as XML or JSON.", metavar="DESIGN")],
    request: Annotated[str, typer.Argument(help="What is to be changed, in plain words.")],
    model: Annotated[
        str,
        typer.Option(help="Ask this model of FOVEATE_ASSISTANT__BASE_URL, and no rules."),
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="Write the design into this file, in place of printing it.")
    ] = None,
    pictures: Annotated[
        str, typer.Option(help="Look for pictures that are described in this folder.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Change a design by a sentence: foveate design edit card.xml "make the title red".

    Plain words in English, German, French, Spanish and Japanese are understood here, by rules;
    what they do not say for certain is for the language model of the settings, where there is one,
    or is asked back: then the exit code is 1. All that is changed is checked, mended where that is
    safe, and told on standard error, a sentence each; the design is printed. With --json all that
    happens is printed instead, an event a line.

    "Replace the photo by one of a beach" looks for a beach in a folder of pictures: `--pictures`,
    or that of FOVEATE_DESIGNS__PICTURES.
    """
    from foveate.cli.places import Places
    from foveate.design.assistant.states import Changed
    from foveate.designs.design import Design

    design, made = Design.open(file), None
    for state in design.editing(request, model=model, pictures=pictures):
        if isinstance(state, Changed):
            made = Design(state.scene, design.folder)
        _tell(state, as_json=as_json)
    if made is None:
        raise typer.Exit(1)
    if out is not None:
        Places.of([]).deliver(made.xml_in(out.parent).encode(), out)
    elif not as_json:
        typer.echo(made.xml, nl=False)


def _tell(state: State, *, as_json: bool) -> None:
    told = state.to_json()
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    lines = [told[each] for each in ("said", "reason") if each in told]
    lines += [each["sentence"] for each in told.get("changes", [])]
    lines += [*told.get("reasons", []), *(f"Mended: {each}" for each in told.get("repaired", []))]
    lines += told.get("warned", [])
    lines += [f"It may be: {', '.join(told['choices'])}."] if told.get("choices") else []
    for line in lines:
        typer.echo(printable(line), err=True)
