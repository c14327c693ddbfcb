"""Write docs/reference/ and the dashboard from the tables in the code.

`--check` only says whether they are stale.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import grafana
import manifests
import protocol
import typer

from foveate import metrics, settings
from foveate.cli.main import app
from foveate.datasets.handlers.builtin import schema
from foveate.design import reference as designs
from foveate.design.xml.schema import xsd
from foveate.imaging import readable
from foveate.models.supply import cards
from foveate.options import table
from foveate.server import errors
from foveate.service import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import click

HERE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py from the tables in the code; edit those. -->"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with the words that call it."""
    inner = getattr(command, "commands", {})
    if not inner:
        yield path, command
    for name, child in inner.items():
        yield from commands(child, f"{path} {name}")


def command_page() -> str:
    """Return one section per command: what it does, its arguments and its options."""
    return "\n\n".join(section(*item) for item in commands(typer.main.get_command(app), "foveate"))


def section(path: str, command: click.Command) -> str:
    """Return a command's help as Markdown."""
    rows = [row(parameter) for parameter in command.params if parameter.name != "help"]
    head = ["| argument or option | what it is |", "| --- | --- |"] if rows else []
    return "\n".join([f"## {path}", "", command.help or "", "", *head, *rows]).rstrip()


def row(parameter: click.Parameter) -> str:
    """Return one line of a command's table."""
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    about = getattr(parameter, "help", "") or ""
    return f"| {names} | {about.replace('|', '&#124;')} |"


PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "options": ("Options", table.reference),
    "sources": ("What can be read", readable.reference),
    "formats": ("Formats", formats.reference),
    "settings": ("Settings", settings.reference),
    "errors": ("Errors", errors.reference),
    "metrics": ("Metrics", metrics.reference),
    "models": ("Models and samples", cards.reference),
    "handler": ("The handler `foveate`", schema.reference),
    "design": ("Designs", designs.reference),
    "cli": ("Command line", command_page),
}


def files() -> dict[str, str]:
    """Return all that stands in docs/reference, by the name of its file."""
    pages = {
        f"{name}.md": f"# {title}\n\n{NOTE}\n\n{body()}\n" for name, (title, body) in PAGES.items()
    }
    return pages | {"design.xsd": xsd()}


def main() -> int:
    """Write or check every page; return the exit code."""
    write = "--check" not in sys.argv
    stale = [*protocol.stale(write=write), *grafana.stale(write=write), *manifests.stale()]
    for name, text in files().items():
        page = HERE / name
        if page.exists() and page.read_text() == text:
            continue
        stale.append(str(page.relative_to(HERE.parent.parent)))
        if write:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
    if stale and not write:
        print(f"Stale: {', '.join(stale)}. Run `make docs` and commit what it writes.")
        return 1
    if unrendered := manifests.stale():
        print(f"Stale: {', '.join(unrendered)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
