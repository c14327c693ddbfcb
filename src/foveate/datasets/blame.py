"""What is wrong with a configuration, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHOWN: Final = 60
SOME: Final = 3
"""Examples that are told."""
NAMES: Final = "propertyNames"
MOST_TRIED: Final = 8
"""Of unknown names: comparing takes time, and a configuration may have thousands."""


def sentence(problem: Any) -> str:  # noqa: ANN401 - jsonschema is an extra
    """Return what was expected where, and what came, of an error of jsonschema."""
    inner = problem
    while inner.context:
        # Of several ways the one that came the farthest is the one that was meant.
        inner = max(inner.context, key=lambda each: len(each.absolute_path))
    wanted = WANTED.get(inner.validator, _as_it_says)(inner)
    # A pattern is for machines to read.
    about = inner.schema.get("description") if inner.validator == "pattern" else None
    if isinstance(about, str) and NAMES in inner.schema_path:
        wanted, about = f"{about:.200}", None  # which says of names nothing else
    said = f"{place(inner.absolute_path)}: expected {wanted}, got {_got(inner)}."
    return f"{said} {about:.200}" if isinstance(about, str) else said


def place(path: Any) -> str:  # noqa: ANN401
    """Return where in a configuration something is.

    >>> place(["crops", 2, "size"])
    'config.crops[2].size'
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "config" + "".join(steps)


def _got(problem: Any) -> str:  # noqa: ANN401
    if problem.validator == "required":
        return "none"
    if problem.validator == "additionalProperties":
        return ", ".join(_unknown(problem))[:SHOWN] + _meant(problem)
    shown = repr(problem.instance)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."


def _type(problem: Any) -> str:  # noqa: ANN401
    said = problem.validator_value
    return " or ".join([said] if isinstance(said, str) else said)


def _missing(problem: Any) -> str:  # noqa: ANN401
    return ", ".join(name for name in problem.validator_value if name not in problem.instance)


def _known(problem: Any) -> str:  # noqa: ANN401
    known = problem.schema.get("properties", {})
    if _meant(problem):
        return "a name that is known"
    return f"nothing but {', '.join(sorted(known))}" if known else "nothing"


def _unknown(problem: Any) -> list[str]:  # noqa: ANN401
    return sorted(set(problem.instance) - set(problem.schema.get("properties", {})))


def _meant(problem: Any) -> str:  # noqa: ANN401
    """Return whether one that is known was meant; that says more than all of them."""
    known = problem.schema.get("properties", {})
    return next(filter(None, (meant(name, known) for name in _unknown(problem)[:MOST_TRIED])), "")


def _like(problem: Any) -> str:  # noqa: ANN401
    """Return what a text is to look like: by examples, or by what is for machines to read."""
    examples = problem.schema.get("examples")
    if isinstance(examples, list) and examples:
        return f"a text such as {' or '.join(map(repr, examples[:SOME]))}"[:SHOWN]
    return f"a text like {problem.validator_value}"


def _as_it_says(problem: Any) -> str:  # noqa: ANN401
    return f"what fits {problem.validator} {problem.validator_value!r:.80}"


WANTED: Final[Mapping[str, Callable[[Any], str]]] = {
    "type": _type,
    "required": _missing,
    "additionalProperties": _known,
    "enum": lambda each: "one of " + ", ".join(map(str, each.validator_value)),
    "const": lambda each: repr(each.validator_value),
    "minimum": lambda each: f"at least {each.validator_value}",
    "maximum": lambda each: f"at most {each.validator_value}",
    "exclusiveMinimum": lambda each: f"more than {each.validator_value}",
    "exclusiveMaximum": lambda each: f"less than {each.validator_value}",
    "minItems": lambda each: f"at least {each.validator_value} of them",
    "maxItems": lambda each: f"at most {each.validator_value} of them",
    "minLength": lambda each: f"at least {each.validator_value} letters",
    "maxLength": lambda each: f"at most {each.validator_value} letters",
    "pattern": _like,
    "multipleOf": lambda each: f"a multiple of {each.validator_value}",
    "uniqueItems": lambda _: "each of them once",
}
