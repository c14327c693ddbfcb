"""What is in deploy/ for clusters says what the code takes."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from typing import Any

import pytest

from foveate.cluster.serve_scale import FRONT, plan_of
from foveate.settings import Settings, load

yaml = pytest.importorskip("yaml")
DEPLOY = Path(__file__).parents[2] / "deploy"


def read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


def test_the_manifest_of_kuberay_deploys_what_the_configuration_of_serve_does() -> None:
    plain, service = read("ray/serve.yaml"), read("kubernetes/rayservice.yaml")
    assert (service["apiVersion"], service["kind"]) == ("ray.io/v1", "RayService")
    inside = yaml.safe_load(service["spec"]["serveConfigV2"])
    variables = plain["applications"][0].pop("runtime_env")["env_vars"]
    assert inside == plain
    load(variables)  # each is a setting, within its range


def test_the_configuration_names_what_there_is() -> None:
    plain = read("ray/serve.yaml")
    (application,) = plain["applications"]
    plan = plan_of(application["args"], Settings())
    assert plan.deployments[FRONT].min == 2
    (servicer,) = plain["grpc_options"]["grpc_servicer_functions"]
    names = application["import_path"].replace(":", "."), servicer
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's own
        schema = pytest.importorskip("ray.serve.schema")
        for name in names:
            module, _, function = name.rpartition(".")
            assert callable(getattr(importlib.import_module(module), function))
        schema.ServeDeploySchema.model_validate(plain)


def test_workers_have_a_port_for_what_is_listened_on_and_time_to_finish() -> None:
    cluster = read("kubernetes/rayservice.yaml")["spec"]["rayClusterConfig"]
    head = cluster["headGroupSpec"]["template"]["spec"]["containers"][0]
    assert {"serve": 8100, "grpc": 8200}.items() <= {
        each["name"]: each["containerPort"] for each in head["ports"]
    }.items()
    for group in cluster["workerGroupSpecs"]:
        (container,) = group["template"]["spec"]["containers"]
        own = {each["name"]: each["value"] for each in container["env"]}
        assert own == {"FOVEATE_DATASETS__AT_ONCE": "0", "FOVEATE_JOBS__WORKERS": "0"}
        assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
        assert (
            group["template"]["spec"]["terminationGracePeriodSeconds"]
            > Settings().load.stop_timeout_s
        )
