"""Flags of many commands, and those that are none: they are options of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperCommand

from foveate.cli.complaints import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
NO_SUCH: Final = "NoSuchOption"
"""The error's class; which package that is in depends on the version of typer."""


class TakesOptions(TyperCommand):
    """A command that says where options of pictures go when they come as flags of its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own click
        """Read what was written behind the command."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except Exception as why:
            if type(why).__name__ == NO_SUCH:
                _explain(why, given)
            raise


def _explain(error: Any, given: Sequence[str]) -> None:  # noqa: ANN401 - see NO_SUCH
    """Add to the error how the option is written that was meant, if one was."""
    flag = _as_written(error.option_name, given)
    name = _option_meant(flag, error.possibilities or ())
    if name is not None:
        said = _with_value(name, flag, given)
        no_such = error.message.rstrip(".")
        error.message = f"{no_such}. Write options of the picture behind -o: -o {said}"
        error.possibilities = None


def _as_written(flag: str, given: Sequence[str]) -> str:
    """Return the flag as a whole where it has one dash: of -width the error says -w."""
    from foveate.options.table import BY_NAME

    word = next((word for word in given if word.startswith(flag)), flag).partition("=")[0]
    return word if word.lstrip("-").lower() in BY_NAME else flag


def _option_meant(flag: str, others: Sequence[str]) -> str | None:
    from foveate.configuration.nearest import nearest
    from foveate.options.table import BY_NAME

    name = flag.lstrip("-").lower()
    if name in BY_NAME:
        return name
    # Where a flag that there is looks nearer, the error asks for that.
    return None if others else nearest(name, BY_NAME)


def _with_value(name: str, flag: str, given: Sequence[str]) -> str:
    at = next((place for place, word in enumerate(given) if word.startswith(flag)), len(given))
    glued = "".join(given[at : at + 1]).removeprefix(flag)
    value = glued.removeprefix("=") if glued else "".join(given[at + 1 : at + 2])
    return f"{name}={printable(value) if value and value[0] != '-' else name.upper()}"
