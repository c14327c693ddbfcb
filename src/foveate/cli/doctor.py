"""`foveate doctor`: what runs where on this machine and why, and what should not stay as it is."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from foveate.cli.bench import Timed
    from foveate.cli.examination import Examination, NetworkReport
    from foveate.models.check.recorder import Feed
    from foveate.models.runtime.parity import Measure, Parity
    from foveate.models.supply.card import ModelCard
    from foveate.ports import Session
    from foveate.settings import Settings
    from foveate.storage.source import Source

ENGINES: Final = {"onnxruntime": "onnxruntime", "openvino": "OpenVINO"}
STATES: Final = {"ok": "green", "missing": "yellow", "corrupt": "red"}
SEVERITIES: Final = {"broken": "bold red", "warning": "yellow"}


def checked(
    cards: Iterable[ModelCard], settings: Settings, *, again: bool = False
) -> tuple[Parity, ...]:
    """Try the cards' networks in OpenVINO where that may pay, showing how far it is.

    What is found is kept beside the weights; cards with such a record are left out, unless `again`.
    """
    from foveate.models.check.checks import check_all, due
    from foveate.service.parity import CARDS

    models, runtime = settings.models, settings.runtime
    wanted = due((card for card in cards if card.name in CARDS), models, runtime, again=again)
    console = Console(stderr=True)
    with console.status("Trying OpenVINO") as status:
        return check_all(
            wanted,
            models,
            runtime,
            _feeds([card.name for card in wanted], settings),
            tell=lambda card: status.update(f"Trying {card.name} in OpenVINO and onnxruntime"),
        )


def _feeds(names: Collection[str], settings: Settings) -> dict[str, Feed] | None:
    """Return what networks are given of the sample portrait, or None when it was not fetched."""
    from foveate.models.runtime.engines import open_onnxruntime
    from foveate.models.supply.cards import choose
    from foveate.models.supply.weights import catalogue
    from foveate.service.parity import feeds

    models, runtime = settings.models, settings.runtime
    portrait = _portrait(settings) if names else None
    if portrait is None:
        return None

    def session(name: str) -> Callable[[], Session]:
        (card,) = choose(catalogue(models), [name])
        return partial(open_onnxruntime, card, models, runtime)

    return feeds(session, portrait, settings, names)


def _portrait(settings: Settings) -> Source | None:
    """Return the sample portrait, or None when it was not fetched."""
    from foveate.imaging.probe import probe
    from foveate.models.check.checks import SAMPLE
    from foveate.models.supply.cards import choose
    from foveate.models.supply.weights import FileState, catalogue, verify, where
    from foveate.storage.source import Source

    models = settings.models
    (card,) = choose(catalogue(models), [SAMPLE])
    if verify(card, models) is not FileState.OK:
        return None
    data = where(card, models).read_bytes()
    return Source(data, probe=partial(probe, limits=settings.limits))


def doctor(
    check: Annotated[
        bool, typer.Option("--check", help="First try every network in OpenVINO; takes a minute.")
    ] = False,
    bench: Annotated[
        bool,
        typer.Option(
            "--bench", help="Also measure typical requests beside what they should take; 10 s."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Say what runs where on this machine and why, and what is wrong; exit with 1 if it must work.

    Networks run in OpenVINO only where a check found it faster and as good. `--check` makes it,
    anew if it was made before.
    """
    from foveate.cli.bench import findings, table
    from foveate.cli.examination import examine
    from foveate.models.supply.weights import catalogue
    from foveate.options.in_settings import load

    settings = load()
    if check:
        checked(catalogue(settings.models), settings, again=True)
    found = examine(settings)
    timed = _benched(settings) if bench else ()
    found = replace(found, findings=(*found.findings, *findings(timed)))
    if as_json:
        told = to_json(found) | ({"bench": [each.to_json() for each in timed]} if timed else {})
        typer.echo(json.dumps(told, indent=2))
    else:
        Console(highlight=False).print(picture_of(found, *([table(timed)] if timed else [])))
    if not found.healthy:
        raise typer.Exit(1)


def _benched(settings: Settings) -> tuple[Timed, ...]:
    """Return how fast typical requests are, showing how far it is."""
    from foveate.cli.bench import bench, pictures

    with Console(stderr=True).status("Measuring") as status:
        return bench(
            settings,
            pictures(_portrait(settings)),
            tell=lambda name: status.update(f"Measuring: {name}"),
        )


def to_json(found: Examination) -> dict[str, Any]:
    """Return the examination as what JSON can hold."""
    return {
        "healthy": found.healthy,
        "versions": found.versions,
        "processor": asdict(found.processor) | {"bf16": found.processor.bf16},
        "memory_bytes": found.memory,
        "networks": [_network_json(network) for network in found.networks],
        "folders": {
            name: {"path": str(place.path), "writable": place.writable, "free_bytes": place.free}
            for name, place in found.places.items()
        },
        "findings": [asdict(finding) for finding in found.findings],
    }


def _network_json(network: NetworkReport) -> dict[str, Any]:
    parity = network.parity
    row = asdict(network) | {"parity": None}
    if parity is not None:
        facts = {"ratio": parity.ratio, "holds": parity.holds, "passed": parity.passed}
        row["parity"] = asdict(parity) | facts
    return row


def picture_of(found: Examination, *more: RenderableType) -> RenderableType:
    """Return the examination, and `more`, as people read it, 80 columns wide or more."""
    parts = [_machine(found), *_networks(found.networks)]
    if parities := [network.parity for network in found.networks if network.parity]:
        parts.append(_parities(parities))
    return Group(*parts, *more, *_findings(found))


def _machine(found: Examination) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    versions = [f"{name} {number or 'not installed'}" for name, number in found.versions.items()]
    table.add_row("versions", " · ".join(versions))
    units = ", ".join(found.processor.units) or "no matrix units"
    count = found.processor.cores
    cores = f"{count} core{'s'[: count != 1]}"
    table.add_row("processor", f"{found.processor.name}, {cores}; {units}")
    table.add_row("memory", f"{found.memory / 2**30:.1f} GiB")
    for name, place in found.places.items():
        access = "" if place.writable else ", [red]not writable[/]"
        table.add_row(name, f"{place.path} ({place.free / 2**30:.1f} GiB free{access})")
    return table


def _networks(networks: Sequence[NetworkReport]) -> Iterator[RenderableType]:
    """Yield the networks, and below them, once, the reason that most of them share."""
    reasons = Counter(network.choice.why for network in networks)
    (usual, times), *_ = reasons.most_common(1)
    columns = ("network", "licence", "state", "runs in", "because")[: 4 + (len(reasons) > 1)]
    table = Table(*columns, box=SIMPLE_HEAD)
    for name in ("network", "state", "runs in"):
        next(column for column in table.columns if column.header == name).no_wrap = True
    for network in networks:
        engine = f"{ENGINES[network.choice.engine]} {network.choice.precision}"
        state = network.state if network.allowed else "unacknowledged"
        why = "" if times > 1 and network.choice.why == usual else network.choice.why
        row = (network.name, network.licence, Text(state, STATES.get(state, "dim")), engine)
        table.add_row(*(*row, Text(why, "dim"))[: len(columns)])
    yield table
    if times > 1:
        yield Text(f"{'the others' if len(reasons) > 1 else 'all'} because {usual}\n", "dim")


def _parities(parities: Iterable[Parity]) -> Table:
    from foveate.models.runtime.parity import WORTH

    table = Table("checked", box=SIMPLE_HEAD)
    for name in ("onnxruntime", "OpenVINO", "faster"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("answers in bf16, compared")
    for parity in parities:
        table.add_row(
            parity.card,
            f"{parity.onnxruntime_ms:.1f} ms",
            f"{parity.openvino_ms:.1f} ms",
            Text(f"{parity.ratio:.2f}x", "green" if parity.ratio >= WORTH else "yellow"),
            Text(", ").join(map(_measure, parity.measures)),
        )
    return table


def _measure(measure: Measure) -> Text:
    return Text(f"{measure.what} {measure.got:.4f}", "green" if measure.holds else "yellow")


def _findings(found: Examination) -> Iterator[RenderableType]:
    if not found.findings:
        yield Text("Nothing to do.", "green")
        return
    table = Table.grid(padding=(0, 2))
    for finding in found.findings:
        table.add_row(
            Text(finding.severity, SEVERITIES[finding.severity]),
            Text.assemble(finding.what, "\n", (f"→ {finding.cure}", "cyan")),
        )
    yield table
