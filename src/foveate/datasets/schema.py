"""The configuration of a handler: checked against its JSON Schema, and spelt in one way.

What is equal by the schema becomes one value: defaults are filled in, a number is a whole one or a
real one as declared, texts are in NFC, and a list that is a set is in order. Defaults are looked
for in `properties`, `items`, `prefixItems`, `additionalProperties`, `$defs`, `allOf`, and in the
first branch of `anyOf` and `oneOf` that fits; not in `if`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from foveate.datasets.blame import sentence
from foveate.datasets.spelling import dumped
from foveate.errors import BadConfiguration, BadInstallation

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

CURE: Final = "pip install 'foveate[datasets]'"
DEEPEST: Final = 32
MOST_VALUES: Final = 10_000
LONGEST: Final = 16_384
"""Characters of a text."""
LARGEST: Final = 2**64
"""No whole number is as far from 0."""
SET: Final = "x-foveate-set"
"""What a list says whose order means nothing, beside `uniqueItems`."""
SEVERAL: Final = ("anyOf", "oneOf")
SLOW: Final = frozenset(
    (
        *("$ref", "allOf", "anyOf", "oneOf", "not", "if", "contains", "dependentSchemas"),
        *("pattern", "patternProperties", "propertyNames", "uniqueItems"),
        *("unevaluatedItems", "unevaluatedProperties"),
    )
)
"""Words of a schema by which a short one may ask for much."""
DATA: Final = frozenset(("const", "default", "dependentRequired", "enum", "examples"))
"""Words behind which there is no schema, whatever it looks like."""
NAMED: Final = frozenset(
    (
        *("$defs", "definitions", "dependencies", "dependentSchemas"),
        *("patternProperties", "properties"),
    )
)
"""Words behind which schemas have names, and those may be words as well."""
Schema = Mapping[str, Any]


def checked_schema(schema: object) -> Schema:
    """Return the schema of a handler. Raises BadConfiguration for one that cannot be used."""
    jsonschema = _jsonschema()
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as why:
        raise BadConfiguration(f"Expected a JSON Schema, got what is none: {why.message}.") from why
    except RecursionError as why:
        raise BadConfiguration("Expected a JSON Schema, got one with too many levels.") from why
    if not isinstance(schema, Mapping):
        raise BadConfiguration(f"Expected a JSON Schema as an object, got {schema!r}.")
    every = list(_words(schema))
    known = frozenset(map(id, every))
    for words in every:
        _check_reference(words, schema, known)
        _check_patterns(words)
    return schema


def is_quick(schema: Schema) -> bool:
    """Return whether a check by it takes no longer than there is to check."""
    return not any(SLOW & words.keys() for words in _words(schema))


def _check_reference(words: Schema, root: Schema, known: Container[int]) -> None:
    """Raise BadConfiguration where words refer to what is no schema within the whole one.

    Those that are `known` are checked as well; data that look like a schema are not.
    """
    within = words is root or not isinstance(words.get("$id"), str)
    reference = words.get("$ref", "#")
    if "$dynamicRef" in words or not within or not str(reference).startswith("#"):
        raise BadConfiguration("Expected references within the schema, got one out of it.")
    if isinstance(reference, str):
        try:
            found = _target(root, reference)
        except (LookupError, TypeError, ValueError):
            found = None
        if not isinstance(found, bool) and id(found) not in known:
            raise BadConfiguration(f"Expected a schema at {reference}, got none.")


def _check_patterns(words: Schema) -> None:
    """Raise BadConfiguration where words have a pattern that is none."""
    named = words.get("patternProperties")
    for pattern in (words.get("pattern"), *(named if isinstance(named, Mapping) else ())):
        try:
            if isinstance(pattern, str):
                re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as why:
            raise BadConfiguration(f"Expected a pattern, got {pattern!r:.80}: {why}.") from why


def filled(config: object, schema: Schema) -> dict[str, Any]:
    """Return the configuration as it is meant, in its one spelling. Raises BadConfiguration."""
    if not isinstance(config, Mapping):
        raise BadConfiguration(f"Expected a configuration as an object, got {config!r:.80}.")
    validator = _jsonschema().Draft202012Validator(schema)
    try:
        meant = _Meaning(validator, schema).of(plain(config), schema)
        problems = list(validator.iter_errors(meant))
    except RecursionError as why:
        raise BadConfiguration("Expected a schema that ends, got one of itself.") from why
    for problem in sorted(problems, key=lambda each: list(map(str, each.path))):
        raise BadConfiguration(sentence(problem))
    return dict(meant)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What values mean by one schema."""

    validator: Any
    root: Schema

    def of(self, value: Any, schema: Any, depth: int = 0) -> Any:  # noqa: ANN401
        """Return a value with its defaults, its numbers and its sets as declared."""
        if depth > DEEPEST:
            raise BadConfiguration(f"Expected a schema of at most {DEEPEST} levels, got more.")
        parts = list(self._parts(value, schema, depth))
        if isinstance(value, dict):
            return self._object(value, parts, depth)
        if isinstance(value, list):
            return self._list(value, parts, depth)
        return _number(value, parts)

    def _object(self, value: dict[str, Any], parts: list[Schema], depth: int) -> dict[str, Any]:
        meant = dict(value)
        for name, inner in _properties(parts):
            if name not in meant and (known := self._default(inner)) is not None:
                meant[name] = plain(deepcopy(known["default"]))
        return {name: self._all(meant[name], _inner(parts, name), depth) for name in sorted(meant)}

    def _list(self, value: list[Any], parts: list[Schema], depth: int) -> list[Any]:
        meant = [self._all(each, _at(parts, number), depth) for number, each in enumerate(value)]
        if any(part.get(SET) and part.get("uniqueItems") for part in parts):
            return [text[1] for text in sorted({dumped(each): each for each in meant}.items())]
        return meant

    def _all(self, value: Any, schemas: Iterable[Any], depth: int) -> Any:  # noqa: ANN401
        for schema in list(schemas) or [None]:
            value = self.of(value, schema, depth + 1)
        return value

    def _default(self, schema: Any) -> Schema | None:  # noqa: ANN401
        """Return the schema that says the default, which may be null; None where none does."""
        for _ in range(DEEPEST):
            if not isinstance(schema, Mapping) or "default" in schema or "$ref" not in schema:
                break
            schema = _target(self.root, schema["$ref"])
        return schema if isinstance(schema, Mapping) and "default" in schema else None

    def _parts(self, value: Any, schema: Any, depth: int) -> Iterator[Schema]:  # noqa: ANN401
        """Yield all schemas that say something of a value."""
        if not isinstance(schema, Mapping) or depth > DEEPEST:
            return
        yield schema
        if "$ref" in schema:
            yield from self._parts(value, _target(self.root, schema["$ref"]), depth + 1)
        for inner in schema.get("allOf", ()):
            yield from self._parts(value, inner, depth + 1)
        for word in SEVERAL:
            fits = (each for each in schema.get(word, ()) if self._fits(value, each, depth + 1))
            yield from self._parts(value, next(fits, None), depth + 1)

    def _fits(self, value: Any, schema: Any, depth: int) -> bool:  # noqa: ANN401
        return bool(self.validator.evolve(schema=schema).is_valid(self.of(value, schema, depth)))


def _properties(parts: Iterable[Schema]) -> Iterator[tuple[str, Any]]:
    for part in parts:
        yield from part.get("properties", {}).items()


def _inner(parts: Iterable[Schema], name: str) -> Iterator[Any]:
    for part in parts:
        known = part.get("properties", {})
        yield known[name] if name in known else part.get("additionalProperties")


def _at(parts: Iterable[Schema], number: int) -> Iterator[Any]:
    for part in parts:
        first = part.get("prefixItems", ())
        yield first[number] if number < len(first) else part.get("items")


def _target(root: Schema, reference: str) -> Any:  # noqa: ANN401
    """Return what a reference within a schema points to. Raises what leads nowhere does."""
    anchor, *parts = unquote(reference.removeprefix("#")).split("/")
    found: Any = root
    if anchor:
        found = next((words for words in _words(root) if words.get("$anchor") == anchor), None)
    for part in parts:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found[name] if isinstance(found, Mapping) else found[int(name)]
    return found


def _number(value: Any, parts: Iterable[Schema]) -> Any:  # noqa: ANN401
    """Return a number as it is declared: 1 and 1.0 are one, and -0.0 is 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    types = next((part["type"] for part in parts if "type" in part), ())
    types = {types} if isinstance(types, str) else set(types)
    if types & {"number", "integer"} == {"number"}:
        return float(value) + 0.0
    whole = isinstance(value, int) or (value.is_integer() and abs(value) < LARGEST)
    return int(value) if whole else value


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return values of JSON alone, texts in NFC. Raises BadConfiguration for others, and many."""
    left = [MOST_VALUES]

    def walk(value: Any, depth: int) -> Any:  # noqa: ANN401
        left[0] -= 1
        if depth > DEEPEST or left[0] < 0:
            raise BadConfiguration(
                f"Expected at most {MOST_VALUES} values in {DEEPEST} levels, got more."
            )
        if isinstance(value, Mapping):
            named = {_text(name): walk(inner, depth + 1) for name, inner in value.items()}
            if len(named) < len(value):
                raise BadConfiguration("Expected each name once, got one in two spellings.")
            return named
        if isinstance(value, list | tuple):
            return [walk(each, depth + 1) for each in value]
        return _one(value)

    return walk(value, 0)


def _one(value: Any) -> Any:  # noqa: ANN401
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < LARGEST:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise BadConfiguration(f"Expected what JSON has, of a sane size, got {value!r:.40}.")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadConfiguration("Expected text of Unicode, got half of a pair.")
    return unicodedata.normalize("NFC", value)


def _words(schema: object) -> Iterator[Mapping[str, Any]]:
    """Yield all objects of a schema that are schemas, and those behind a word that is unknown."""
    inner: Iterable[object] = ()
    if isinstance(schema, Mapping):
        yield schema
        inner = [part for word, said in schema.items() for part in _behind(word, said)]
    elif isinstance(schema, list | tuple):
        inner = schema
    for each in inner:
        yield from _words(each)


def _behind(word: str, said: object) -> Iterable[object]:
    if word in DATA:
        return ()
    return said.values() if word in NAMED and isinstance(said, Mapping) else (said,)


def _jsonschema() -> Any:  # noqa: ANN401
    try:
        import jsonschema  # noqa: PLC0415 - an extra
    except ImportError as why:
        wanted = f"Expected jsonschema for configurations, got none: {CURE}."
        raise BadInstallation(wanted, public=wanted) from why
    return jsonschema
