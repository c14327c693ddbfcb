from __future__ import annotations

import os
import re
import time
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foveate.configuration.table import table_of
from foveate.errors import BadSettings
from foveate.settings import EXAMPLE, Engine, Limits, Settings, is_asked_for, load, reference

ROWS = table_of(Settings).rows


def config(folder: Path, text: str) -> dict[str, str]:
    file = folder / "foveate.toml"
    file.write_text(text, encoding="utf-8")
    return {"FOVEATE_CONFIG": str(file)}


def problems(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        load(environment)
    return caught.value.public.split("\n")


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load({}) == Settings()
    assert load({"PATH": "/bin", "FOVEATE": "x", "foveate_strict": "1"}) == Settings()


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
        ("FOVEATE_SIGNING__KEYS", "new,old", "signing", "keys", ("new,old",)),
        ("FOVEATE_SIGNING__KEYS", '["a, b"]', "signing", "keys", ("a, b",)),
        ("FOVEATE_ORIGINS__ALLOW", "a.com,*.b.com", "origins", "allow", ("a.com", "*.b.com")),
        ("FOVEATE_SERVER__CORS", "http://a.b,*", "server", "cors", ("http://a.b", "*")),
        ("FOVEATE_MODELS__OFFLINE", "yes", "models", "offline", True),
        ("FOVEATE_MODELS__OFFLINE", "0", "models", "offline", False),
        ("FOVEATE_RUNTIME__ENGINE", "openvino", "runtime", "engine", Engine.OPENVINO),
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


def test_what_kubernetes_tells_pods_of_a_service_called_foveate_is_no_setting() -> None:
    told = {
        "FOVEATE_SERVICE_HOST": "10.0.0.1",
        "FOVEATE_SERVICE_PORT": "8100",
        "FOVEATE_SERVICE_PORT_HTTP": "8100",
        "FOVEATE_PORT": "tcp://10.0.0.1:8100",
        "FOVEATE_PORT_8100_TCP": "tcp://10.0.0.1:8100",
        "FOVEATE_PORT_8100_TCP_ADDR": "10.0.0.1",
    }
    assert load(told) == load({})
    with pytest.raises(BadSettings, match="FOVEATE_PORTS: there is no such setting"):
        load({"FOVEATE_PORTS": "8100"})


def test_all_problems_come_in_one_report(tmp_path: Path) -> None:
    text = "colour = 'blue'\n[limits]\nmax_bytes = true\nmax_pixel = 1\n[encoding]\nquality = 900"
    environment = {
        **config(tmp_path, text),
        "FOVEATE_STRICT": "maybe",
        "FOVEATE_SERVER__PORT": "99999",
        "FOVEATE_ORIGIN__FOLDER": "1",
    }
    assert problems(environment) == [
        "colour: there is no such setting",
        "limits.max_bytes: expected a whole number from 1 to 1_000_000_000_000_000, got true",
        "limits.max_pixel: there is no such setting (did you mean limits.max_pixels?)",
        "encoding.quality: expected a whole number from 1 to 100, got 900",
        "FOVEATE_STRICT: expected true or false, got 'maybe'",
        "FOVEATE_SERVER__PORT: expected a whole number from 0 to 65535, got '99999'",
        "FOVEATE_ORIGIN__FOLDER: there is no such setting (did you mean FOVEATE_ORIGINS__FOLDER?)",
    ]


def test_it_is_known_whether_somebody_set_something_even_to_its_default(tmp_path: Path) -> None:
    assert not is_asked_for("server.port", {"FOVEATE_SERVER__HOST": "::1"})
    assert is_asked_for("server.port", {"FOVEATE_SERVER__PORT": "8100"})
    assert is_asked_for("server.port", config(tmp_path, "[server]\nport = 8100"))


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("FOVEATE_LIMITS__MAX_PIXEL", "FOVEATE_LIMITS__MAX_PIXELS"),
        ("FOVEATE_LIMITS_MAX_PIXELS", "FOVEATE_LIMITS__MAX_PIXELS"),
        ("FOVEATE_LIMITS__QUALITY", "FOVEATE_ENCODING__QUALITY"),
        ("FOVEATE_WORKERS", "FOVEATE_LOAD__WORKERS"),
        ("FOVEATE_limits__max_pixel", "FOVEATE_LIMITS__MAX_PIXELS"),
        ("FOVEATE_CONFG", "FOVEATE_CONFIG"),
        ("FOVEATE_ORIGINS__S3_KEY", "FOVEATE_ORIGINS__S3_ACCESS_KEY_ID"),
        ("FOVEATE_LIMIT", "one such as FOVEATE_LIMITS__MAX_BYTES"),
    ],
)
def test_a_variable_that_nobody_knows_is_named_with_the_one_that_was_meant(
    variable: str, meant: str
) -> None:
    sentence = f"{variable}: there is no such setting (did you mean {meant}?)"
    assert problems({variable: "1"}) == [sentence]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("limits.timeout = 5", "limits.timeout: {} (did you mean limits.timeout_s?)"),
        ("[limit]\nmax_side = 5", "limit.max_side: {} (did you mean limits.max_side?)"),
        ("quality = 5", "quality: {} (did you mean encoding.quality?)"),
        ("[shades]", "shades: {}"),
        ('[limits]\n"a\\nb" = 1', "'limits.a\\nb': {}"),
    ],
)
def test_a_key_that_nobody_knows_is_named_with_the_one_that_was_meant(
    tmp_path: Path, text: str, problem: str
) -> None:
    found = problems(config(tmp_path, text))
    assert found == [problem.format("there is no such setting")]


GROUP = "limits: expected settings of this group, such as limits.max_bytes, got"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("limits = 5", f"{GROUP} 5"),
        (
            "[[limits]]\nmax_bytes = 1",
            f"{GROUP} [{{'max_bytes': 1}}]",
        ),
        ("[strict]\na = 1", "strict: expected true or false, got {'a': 1}"),
        (
            "[server.host]\na = 1",
            "server.host: expected an address or the name of a host, got {'a': 1}",
        ),
    ],
)
def test_a_value_and_a_group_are_not_confused(tmp_path: Path, text: str, problem: str) -> None:
    environment = config(tmp_path, text)
    assert problems(environment) == [problem]
    assert problems({**environment, "FOVEATE_LIMITS__MAX_BYTES": "7"}) == [problem]


def test_a_group_may_be_empty(tmp_path: Path) -> None:
    assert load(config(tmp_path, "[limits]\n[server]\n")) == Settings()


def test_a_variable_in_place_of_a_group_is_a_problem_in_either_order() -> None:
    plain, detail = ("FOVEATE_LIMITS", "5"), ("FOVEATE_LIMITS__MAX_BYTES", "7")
    for environment in (dict([plain, detail]), dict([detail, plain])):
        (problem,) = problems(environment)
        assert problem.startswith("FOVEATE_LIMITS: expected settings of this group, such as ")
        assert problem.endswith(" FOVEATE_LIMITS__MAX_BYTES, got '5'")


def test_a_file_that_cannot_be_read_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    missing = {"FOVEATE_CONFIG": str(tmp_path / "none.toml"), "FOVEATE_SERVER__PORT": "x"}
    wanted = ["FOVEATE_CONFIG", "FOVEATE_SERVER__PORT"]
    assert [p.partition(":")[0] for p in problems(missing)] == wanted
    broken = config(tmp_path, "[limits")
    for content in (b"[limits", b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = " + b"9" * 5000):
        Path(broken["FOVEATE_CONFIG"]).write_bytes(content)
        (problem,) = problems(broken)
        assert problem.startswith("FOVEATE_CONFIG: expected a TOML file, got ")


def test_a_file_that_may_never_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for file in (Path("/dev/zero"), tmp_path / "pipe.toml", tmp_path):
        (problem,) = problems({"FOVEATE_CONFIG": str(file)})
        assert problem.startswith("FOVEATE_CONFIG: expected a TOML file, got ")
        assert problem.endswith(": not a regular file")
    (problem,) = problems(config(tmp_path, "#" * 1024 * 1024 + "\n"))
    assert problem.endswith(": more than 1048576 bytes")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[origins]\ns3_secret_access_key = ['hush']", "origins.s3_secret_access_key"),
        ("[signing]\nkeys = ['', 'hush']", "signing.keys"),
        ("[signing]\nkeys = {hush = 'hush'}", "signing.keys"),
        ("signing = 'hush'", "signing"),
        ("[[signing]]\nkeys = ['hush']", "signing"),
    ],
)
def test_a_secret_is_not_repeated(tmp_path: Path, text: str, name: str) -> None:
    (problem,) = problems(config(tmp_path, text))
    assert problem.startswith(f"{name}: expected ")
    assert "hush" not in problem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ORIGINS__FOLDER", "https://ann:hush@b.com/photos"),
        ("ORIGINS__FOLDER", "https://b.com/photos?sig=hush"),
        ("ORIGINS__FOLDER", "s3://ann:hush@bucket"),
        ("ORIGINS__FOLDER", "ftp://hush@b.com/photos"),
        ("ORIGINS__S3_ENDPOINT", "https://ann:hush@b.com"),
        ("ORIGINS__S3_ENDPOINT", "ann:hush@b.com:9000"),
        ("SERVER__CORS", "https://ann:hush@b.com"),
    ],
)
def test_what_a_url_holds_of_secrets_is_not_repeated(name: str, text: str) -> None:
    (problem,) = problems({f"FOVEATE_{name}": text})
    assert problem.startswith(f"FOVEATE_{name}: expected ")
    assert "b.com" in problem or "bucket" in problem
    assert "hush" not in problem


def test_a_file_full_of_mistakes_is_refused_at_once(tmp_path: Path) -> None:
    text = "\n".join(f"limit{number}.max_pixel = 1" for number in range(20_000))
    started = time.process_time()
    found = problems(config(tmp_path, text))
    assert time.process_time() - started < 10
    assert found[0].endswith("did you mean limits.max_pixels?)")
    assert found[-1] == f"{20_000 - len(found) + 1} more settings were not looked at"
    assert len(found) < 100


def test_the_example_on_the_page_is_a_file_that_loads(tmp_path: Path) -> None:
    loaded = load(config(tmp_path, EXAMPLE))
    assert EXAMPLE in reference()
    assert loaded.limits == Limits(max_pixels=50_000_000, timeout_s=10.0)
    assert loaded.strict


def test_the_reference_names_every_variable_and_no_other() -> None:
    named = re.findall(r"^\| `FOVEATE_(\w+)`", reference(), re.MULTILINE)
    assert sorted(named) == sorted(["ATTRIBUTES", "ONLY_PRESETS", "STRICT", *NAMES])


def test_presets_have_the_names_that_the_operator_gives_them(tmp_path: Path) -> None:
    text = """
    [presets]
    thumb = 'width=80'
    "big-one" = 'width=800'
    [limited_keys]
    shop = 'k width'
    """
    loaded = load({**config(tmp_path, text), "FOVEATE_PRESETS__THUMB": "width=90"})
    assert loaded.presets == {"thumb": "width=90", "big-one": "width=800"}
    assert loaded.limited_keys == {"shop": "k width"}
    assert load(config(tmp_path, "[presets]\n")) == Settings()


def test_what_operators_name_is_the_same_in_capitals(tmp_path: Path) -> None:
    loaded = load(config(tmp_path, "[presets]\nThumb = 'width=80'\n[limited_keys]\nShop = 'k w'"))
    assert loaded.presets == {"thumb": "width=80"}
    assert loaded.limited_keys == {"shop": "k w"}


def test_names_that_differ_in_capitals_alone_are_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(config(tmp_path, "[presets]\nThumb = 'width=80'\nthumb = 'width=90'"))
    assert problem.startswith("presets.thumb: expected another name than presets.Thumb,")
    (problem,) = problems({"FOVEATE_PRESETS__THUMB": "w=1", "FOVEATE_PRESETS__Thumb": "w=2"})
    assert problem.startswith("FOVEATE_PRESETS__Thumb: expected another name than FOVEATE_PRESETS_")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PRESET__X", "PRESETS__X"),
        ("PRESTES__THUMB", "PRESETS__THUMB"),
        ("PRESETS_THUMB", "PRESETS__THUMB"),
        ("LIMITED_KEY__SHOP", "LIMITED_KEYS__SHOP"),
        ("PEER__ACCEPT", "PEERS__ACCEPT"),
    ],
)
def test_a_misspelt_group_of_named_settings_is_recognised(name: str, meant: str) -> None:
    (problem,) = problems({f"FOVEATE_{name}": "width=80"})
    assert problem.endswith(f"there is no such setting (did you mean FOVEATE_{meant}?)")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[presets]\n'a b' = 'w=1'", "presets.a b: expected a name of letters, digits, - and _"),
        ("[presets]\na = 1", "presets.a: expected options as in a URL, separated by commas, got 1"),
        ("presets = 5", "presets: expected settings of this group, such as presets.<NAME>, got 5"),
        ("[limited_keys]\nshop = 'hush'", "limited_keys.shop: expected a secret key and,"),
    ],
)
def test_what_is_wrong_with_named_settings_is_said(tmp_path: Path, text: str, problem: str) -> None:
    (found,) = problems(config(tmp_path, text))
    assert found.startswith(problem)
    assert "hush" not in found


def test_settings_cannot_be_changed_later() -> None:
    loaded = Settings()
    with pytest.raises(FrozenInstanceError):
        loaded.limits.max_bytes = 1  # type: ignore[misc]


def test_settings_are_changed_by_making_others() -> None:
    loaded = load({"FOVEATE_LIMITS__MAX_SIDE": "7"})
    changed = replace(loaded, limits=replace(loaded.limits, max_side=8))
    assert (loaded.limits.max_side, changed.limits.max_side) == (7, 8)


NAMES = [
    f"{group.name}__{setting.name}".upper()
    for group in fields(Settings)
    if is_dataclass(group.default_factory)
    for setting in fields(group.default_factory)  # type: ignore[arg-type]
]
ANYTHING = st.text(st.characters())
"""Lone surrogates too, as Python makes them of bytes that are no UTF-8."""


@settings(deadline=None)
@given(
    st.dictionaries(
        st.one_of(
            st.sampled_from([*NAMES, "STRICT", "LIMITS", "LIMITS__", "__X", "A__B__C"]), ANYTHING
        ).map("FOVEATE_{}".format),
        st.one_of(ANYTHING, st.floats().map(str), st.integers().map(str)),
        max_size=4,
    )
)
def test_any_environment_gives_settings_or_one_report(environment: dict[str, str]) -> None:
    try:
        assert isinstance(load(environment), Settings)
    except BadSettings as error:
        assert error.public  # noqa: PT017
        assert error.public.encode()  # noqa: PT017 - a terminal can show it


VALUES = st.recursive(
    st.one_of(
        st.booleans().map(str).map(str.lower),
        st.integers(-(10**30), 10**30).map(str),
        st.floats().map(str),
        st.text("abc.:/ ", max_size=9).map(repr),
        st.just("2026-01-02T03:04:05Z"),
        st.just("0x" + "f" * 5000),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        inner.map("{{ a = {} }}".format),
    ),
    max_leaves=4,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*ROWS, "limits", "x", "x.y"]), VALUES, max_size=4))
def test_any_file_gives_settings_or_one_report(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    text = "\n".join(f"{name} = {value}" for name, value in values.items())
    try:
        assert isinstance(load(config(tmp_path_factory.mktemp("any"), text)), Settings)
    except BadSettings as error:
        assert error.public  # noqa: PT017


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_in_the_file_give_settings_or_one_report(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / "foveate.toml"
    file.write_bytes(data)
    try:
        assert isinstance(load({"FOVEATE_CONFIG": str(file)}), Settings)
    except BadSettings as error:
        assert error.public  # noqa: PT017
