"""The files for clouds, and for compose, say what the image and the server know."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from foveate.configuration.table import table_of
from foveate.options.in_settings import load
from foveate.serverless import handler
from foveate.settings import Settings

ROOT = Path(__file__).parents[2]
CLOUD = ROOT / "deploy/cloud"
FILES = sorted(file for file in CLOUD.rglob("*") if file.is_file())
SETTINGS = {f"FOVEATE_{name.replace('.', '__', 1).upper()}" for name in table_of(Settings).rows}
BY_OPERATORS = re.compile(r"FOVEATE_PRESETS__[A-Z]+")


class Tagged(yaml.SafeLoader):
    """CloudFormation's tags are read as what they hold."""


Tagged.add_multi_constructor(
    "!",
    lambda loader, _, node: (
        loader.construct_sequence(node)
        if isinstance(node, yaml.SequenceNode)
        else loader.construct_scalar(node)
    ),
)


def resources(name: str) -> dict[str, Any]:
    found = yaml.load((CLOUD / "aws" / name).read_text(), Tagged)["Resources"]  # noqa: S506 - safe
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CLOUD)))
def test_variables_are_settings(file: Path) -> None:
    named = set(re.findall(r"FOVEATE_[A-Z]+__[A-Z0-9_]+", file.read_text()))
    assert {name for name in named if not BY_OPERATORS.fullmatch(name)} <= SETTINGS


def test_tasks_of_ecs_have_no_rights_and_are_given_their_time() -> None:
    task = resources("fargate.yaml")["Task"]["Properties"]
    (container,) = task["ContainerDefinitions"]
    assert container["ReadonlyRootFilesystem"] is True
    assert f"\nUSER {container['User']}\n" in (ROOT / "Dockerfile").read_text()
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert container["StopTimeout"] > Settings().load.stop_timeout_s
    assert container["PortMappings"] == [{"ContainerPort": Settings().server.port}]
    cache, state = (each["ContainerPath"] for each in container["MountPoints"])
    written = {each["Name"]: each["Value"] for each in container["Environment"]}
    assert written["HOME"] == written["TMPDIR"] == cache
    assert f"\nVOLUME {cache} {state}\n" in (ROOT / "Dockerfile").read_text()
    assert int(task["Memory"]) * 2**20 >= Settings().load.memory_bytes + 2**30


@pytest.mark.parametrize("name", ["/foveate/signing-keys", "signing-keys"])
def test_tasks_of_ecs_may_read_a_parameter_whether_its_name_begins_with_a_slash(name: str) -> None:
    (secrets,) = resources("fargate.yaml")["ExecutionRole"]["Properties"]["Policies"]
    (allowed,) = secrets["PolicyDocument"]["Statement"]
    joined, (cut, arn) = allowed["Resource"]
    whole = joined.join(arn.replace("${SigningKeys}", name).split(cut))
    assert whole.endswith(f":parameter/{name.removeprefix('/')}")


def test_the_function_is_what_the_image_calls_and_its_settings_can_be_meant() -> None:
    dockerfile = (CLOUD / "aws/Dockerfile").read_text()
    assert f'\nCMD ["{handler.__module__}.{handler.__name__}"]\n' in dockerfile
    function = resources("lambda.yaml")["Function"]["Properties"]
    settings = load(function["Environment"]["Variables"])
    assert set(settings.serverless.presets) == settings.presets.keys()
    work = resources("lambda.yaml")["Work"]["Properties"]
    each_s = settings.limits.timeout_s * len(settings.serverless.presets)
    assert function["Timeout"] > work["BatchSize"] * (each_s + settings.origins.read_timeout_s)
    came = resources("lambda.yaml")["Came"]["Properties"]
    assert came["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert work["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize(
    "name",
    ["aws/Dockerfile", "aws/fargate.yaml", "azure/container-app.yaml", "fly/fly.toml",
     "google/cloud-run.yaml"],
)  # fmt: skip
@pytest.mark.parametrize("setting", ["FOVEATE_JOBS__WORKERS", "FOVEATE_DATASETS__AT_ONCE"])
def test_where_machines_come_and_go_nobody_works_on_jobs_or_datasets(
    name: str, setting: str
) -> None:
    said = setting + r"""(?:, Value: |\s+value: |\s*=\s*)"?0\b"""
    assert re.search(said, (CLOUD / name).read_text())


def test_a_function_writes_below_its_only_folder() -> None:
    image = (ROOT / "Dockerfile").read_text()
    there = set(re.findall(r"\b(\w+)=/var/\S+", image))
    stages = (CLOUD / "aws/Dockerfile").read_text().split("\nFROM ")[1:]
    (function,) = [stage for stage in stages if stage.startswith("${IMAGE} AS function\n")]
    assert there <= set(re.findall(r"\b(\w+)=/tmp", function))
    for target in ("handler", "adapter"):
        assert any(stage.startswith(f"function AS {target}\n") for stage in stages)


def test_others_ask_the_port_and_the_probes_that_there_are() -> None:
    port = Settings().server.port
    run = yaml.safe_load((CLOUD / "google/cloud-run.yaml").read_text())
    (container,) = run["spec"]["template"]["spec"]["containers"]
    assert container["ports"] == [{"containerPort": port}]
    azure = yaml.safe_load((CLOUD / "azure/container-app.yaml").read_text())["properties"]
    assert azure["configuration"]["ingress"]["targetPort"] == port
    fly = tomllib.loads((CLOUD / "fly/fly.toml").read_text())
    assert fly["http_service"]["internal_port"] == port
    assert (CLOUD / "fly" / fly["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"
    pod = json.loads((CLOUD / "runpod/pod.json").read_text())
    assert pod["ports"] == [f"{port}/http"]
    for file in FILES:
        paths = re.findall(r"/health/\w+", file.read_text())
        assert {*paths} <= {"/health/live", "/health/ready"}, file


def test_compose_scrapes_the_server_and_mounts_what_is_there() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    assert not any("profiles" in services[name] for name in ("foveate",))
    for name, service in services.items():
        assert service["image"] == name or re.search(r":[\w.-]*\d", service["image"]), name
        for volume in service.get("volumes", ()):
            place = volume.partition(":")[0]
            if place.startswith("./deploy"):
                assert (ROOT / place).exists(), volume
    scraped = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    (job,) = scraped["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"foveate:{Settings().server.port}"]}]
    assert f'up{{job="{job["job_name"]}"}}' in (ROOT / "deploy/prometheus/alerts.yml").read_text()
    assert (ROOT / "deploy/prometheus" / scraped["rule_files"][0]).exists()
