from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foveate.errors import BadSettings
from foveate.settings import Limits, Settings, load, reference


def config(folder: Path, text: str) -> dict[str, str]:
    file = folder / "foveate.toml"
    file.write_text(text, encoding="utf-8")
    return {"FOVEATE_CONFIG": str(file)}


def problems(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        load(environment)
    return caught.value.public.split("; ")


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load({}) == Settings()
    assert load({"PATH": "/bin", "FOVEATE": "x"}) == Settings()


def test_every_setting_has_a_sentence() -> None:
    groups = [f.default_factory for f in fields(Settings) if is_dataclass(f.default_factory)]
    own = [f for f in fields(Settings) if not is_dataclass(f.default_factory)]
    for setting in (*own, *(f for group in groups for f in fields(group))):  # type: ignore[arg-type]
        assert setting.metadata["about"].endswith(".")


@pytest.mark.parametrize(
    ("variable", "text", "group", "name", "value"),
    [
        ("FOVEATE_LIMITS__MAX_BYTES", "1000", "limits", "max_bytes", 1000),
        ("FOVEATE_LIMITS__TIMEOUT_S", "2.5", "limits", "timeout_s", 2.5),
        ("FOVEATE_LIMITS__MAX_DPR", "3", "limits", "max_dpr", 3.0),
        ("FOVEATE_SERVER__HOST", "0.0.0.0", "server", "host", "0.0.0.0"),  # noqa: S104
        ("FOVEATE_ORIGINS__ALLOW", "a.com  *.b.com/x", "origins", "allow", ("a.com", "*.b.com/x")),
        ("FOVEATE_SIGNING__KEYS", "new old", "signing", "keys", ("new", "old")),
        ("FOVEATE_MODELS__OFFLINE", "yes", "models", "offline", True),
        ("FOVEATE_MODELS__OFFLINE", "0", "models", "offline", False),
        ("FOVEATE_RUNTIME__ENGINE", "openvino", "runtime", "engine", "openvino"),
        ("FOVEATE_FACES__SCORE", "0.7", "faces", "score", 0.7),
    ],
)
def test_a_variable_sets_one_value_of_its_type(
    variable: str, text: str, group: str, name: str, value: object
) -> None:
    loaded = load({variable: text})
    got = getattr(getattr(loaded, group), name)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(("text", "strict"), [("1", True), ("TRUE", True), ("off", False)])
def test_strict_stands_outside_the_groups(text: str, strict: bool) -> None:
    assert load({"FOVEATE_STRICT": text}).strict is strict


def test_a_file_sets_values_and_the_environment_wins(tmp_path: Path) -> None:
    environment = config(
        tmp_path,
        """
        strict = true
        [limits]
        max_bytes = 1000
        max_dpr = 3
        [signing]
        keys = ["new", "old"]
        """,
    )
    loaded = load({**environment, "FOVEATE_LIMITS__MAX_BYTES": "2000"})
    assert loaded.strict
    assert loaded.limits == Limits(max_bytes=2000, max_dpr=3.0)
    assert loaded.signing.keys == ("new", "old")


def test_all_problems_come_in_one_report(tmp_path: Path) -> None:
    environment = config(tmp_path, "colour = 'blue'\n[limits]\nmax_bytes = true\nmax_byte = 1\n")
    found = problems(
        {
            **environment,
            "FOVEATE_STRICT": "maybe",
            "FOVEATE_SERVER__PORT": "http",
            "FOVEATE_MODELS__OFFLINE": "perhaps",
        }
    )
    assert [problem.partition(":")[0] for problem in found] == [
        "limits.max_bytes",
        "limits.max_byte",
        "models.offline",
        "server.port",
        "colour",
        "strict",
    ]
    assert "limits.max_byte: there is no such setting" in found
    assert "models.offline: expected true or false, got 'perhaps'" in found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("limits = 5", "limits: expected a table, got 5"),
        ("[[limits]]\nmax_bytes = 1", "limits: expected a table, got [{'max_bytes': 1}]"),
    ],
)
def test_a_value_in_place_of_a_group_is_a_problem(tmp_path: Path, text: str, problem: str) -> None:
    environment = config(tmp_path, text)
    assert problems(environment) == [problem]
    assert problems({**environment, "FOVEATE_LIMITS__MAX_BYTES": "7"}) == [problem]


def test_a_variable_in_place_of_a_group_is_a_problem_in_either_order() -> None:
    plain, detail = ("FOVEATE_LIMITS", "5"), ("FOVEATE_LIMITS__MAX_BYTES", "7")
    for environment in (dict([plain, detail]), dict([detail, plain])):
        assert problems(environment) == ["limits: expected a table, got '5'"]


def test_a_file_that_cannot_be_read_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    missing = {"FOVEATE_CONFIG": str(tmp_path / "none.toml"), "FOVEATE_SERVER__PORT": "x"}
    assert [p.partition(":")[0] for p in problems(missing)] == ["FOVEATE_CONFIG", "server.port"]
    broken = config(tmp_path, "[limits")
    assert problems(broken)[0].startswith("FOVEATE_CONFIG: ")
    Path(broken["FOVEATE_CONFIG"]).write_bytes(b"\xff\xfe")
    assert problems(broken)[0].startswith("FOVEATE_CONFIG: ")


def test_the_reference_names_every_variable_and_no_other() -> None:
    named = re.findall(r"^\| `FOVEATE_(\w+)`", reference(), re.MULTILINE)
    assert sorted(named) == sorted(["ATTRIBUTES", "STRICT", *NAMES])


def test_settings_cannot_be_changed_later() -> None:
    loaded = Settings()
    with pytest.raises(FrozenInstanceError):
        loaded.limits.max_bytes = 1  # type: ignore[misc]


NAMES = [
    f"{group.name}__{setting.name}".upper()
    for group in fields(Settings)
    if is_dataclass(group.default_factory)
    for setting in fields(group.default_factory)  # type: ignore[arg-type]
]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "STRICT", "LIMITS", "LIMITS__", "__X", "A__B__C"]).map(
            "FOVEATE_{}".format
        ),
        st.text(),
        max_size=4,
    )
)
def test_any_environment_gives_settings_or_one_report(environment: dict[str, str]) -> None:
    try:
        assert isinstance(load(environment), Settings)
    except BadSettings as error:
        assert error.public  # noqa: PT017


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "ten"])
def test_a_number_is_finite_and_not_negative(text: str) -> None:
    with pytest.raises(BadSettings, match=r"limits\.timeout_s: expected a number"):
        load({"FOVEATE_LIMITS__TIMEOUT_S": text})
