"""A brand of TOML, with all that is wrong with it told at once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.configuration.nearest import meant
from foveate.design.brand.model import FONT_ROLES, Brand, Logo, Part
from foveate.errors import BadDesign
from foveate.options.colours import colour
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MOST_BYTES: Final = 100_000
MOST_LETTERS: Final = 2000
MOST_POINTS: Final = 500.0
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_TEXTS: Final = ("name", "tone")
_TABLES: Final = ("colours", "fonts", "sizes", "logo")
_LOGO: Final = ("src", "on_dark", "alt")


def read_brand(text: str) -> Brand:
    r"""Return the brand of a TOML document. Raises BadDesign.

    >>> brand = read_brand("colours.primary = '#c8102e'\nfonts.body = 'Lora'")
    >>> brand.colours["primary"].red, brand.fonts["body"]
    (200, 'Lora')
    """
    if len(text) > MOST_BYTES:
        raise BadDesign(f"Expected a brand of at most {MOST_BYTES} bytes, got {len(text)}.")
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as why:
        raise BadDesign(f"Expected a brand as TOML, got what is none: {why}.") from None
    return brand_of(said)


def brand_of(said: Mapping[str, Any]) -> Brand:
    """Return the brand that tables say, of TOML or JSON. Raises BadDesign.

    >>> brand_of({"fonts": {"body": "Lora"}}).fonts["body"]
    'Lora'
    """
    reader = _Reader()
    brand = reader.brand(said)
    if reader.problems:
        raise BadDesign(problems=reader.problems)
    return brand


@dataclass(slots=True)
class _Reader:
    """Reads tables; what cannot be read is noted, and left out of what is returned."""

    problems: list[str] = field(default_factory=list)

    def brand(self, said: Mapping[str, Any]) -> Brand:
        self._known("", said, (*_TEXTS, *_TABLES))
        roles = {str(role): role for role in FONT_ROLES}
        parts = {str(part): part for part in Part}
        return Brand(
            name=self._text("name", said.get("name", "")),
            tone=self._text("tone", said.get("tone", "")),
            colours=self._table(said, "colours", parts, self._colour),
            fonts=self._table(said, "fonts", roles, self._needed),
            sizes=self._table(said, "sizes", roles, self._points),
            logo=self._logo(said),
        )

    def _known(self, at: str, said: Iterable[str], names: Iterable[str]) -> None:
        known = list(names)
        for name in said:
            if name not in known:
                told = ", ".join(known)
                where = f"{at}.{name}" if at else name
                self.problems.append(f"{where}: expected one of {told}{meant(name, known)}.")

    def _table(
        self,
        said: Mapping[str, Any],
        at: str,
        keys: Mapping[str, _Key],
        read: Callable[[str, object], _Value | None],
    ) -> dict[_Key, _Value]:
        table = said.get(at, {})
        if not isinstance(table, dict):
            self.problems.append(f"{at}: expected a table, got {shown(str(table))}.")
            return {}
        # Keys are written with either dash: `on-button`, and as TOML likes it, `on_button`.
        spelled = {name.replace("_", "-"): value for name, value in table.items()}
        self._known(at, spelled, keys)
        found = {keys[n]: read(f"{at}.{n}", v) for n, v in spelled.items() if n in keys}
        return {key: value for key, value in found.items() if value is not None}

    def _text(self, at: str, value: object) -> str:
        if not isinstance(value, str) or len(value) > MOST_LETTERS:
            self.problems.append(f"{at}: expected a text, got {shown(str(value))}.")
            return ""
        return value

    def _needed(self, at: str, value: object) -> str | None:
        text = self._text(at, value)
        if isinstance(value, str) and not text.strip():
            self.problems.append(f"{at}: expected a text, got an empty one.")
        return text.strip() or None

    def _colour(self, at: str, value: object) -> Any:  # noqa: ANN401 - a colour, or nothing
        try:
            found = colour(self._text(at, value))
        except ValueError as why:
            self.problems.append(f"{at}: {why}.")
            return None
        if found.alpha < 1:
            self.problems.append(f"{at}: expected a colour that is not transparent.")
        return found

    def _points(self, at: str, value: object) -> float | None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and 0 < value <= MOST_POINTS:  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        self.problems.append(
            f"{at}: expected points up to {MOST_POINTS:g}, got {shown(str(value))}."
        )
        return None

    def _logo(self, said: Mapping[str, Any]) -> Logo | None:
        table = said.get("logo")
        if table is None:
            return None
        if not isinstance(table, dict):
            self.problems.append(f"logo: expected a table, got {shown(str(table))}.")
            return None
        self._known("logo", table, _LOGO)
        src = self._needed("logo.src", table.get("src", ""))
        texts = {name: self._text(f"logo.{name}", table.get(name, "")) for name in _LOGO[1:]}
        return Logo(src=src, **texts) if src else None
