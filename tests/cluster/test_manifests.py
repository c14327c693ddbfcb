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
    for said in (plain, inside):
        variables = said["applications"][0].pop("runtime_env")["env_vars"]
        # Each is a setting, within its range; and where gRPC is taken, a token is asked for.
        assert load(variables).rpc.port == said["grpc_options"]["port"]
    assert inside == plain


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


def cluster() -> Any:
    return read("kubernetes/rayservice.yaml")["spec"]["rayClusterConfig"]


def test_all_nodes_have_the_ports_of_serve_and_probes_that_need_nothing_in_the_image() -> None:
    head, *workers = (cluster()["headGroupSpec"], *cluster()["workerGroupSpecs"])
    for group in (head, *workers):
        (container,) = group["template"]["spec"]["containers"]
        ports = {each["name"]: each["containerPort"] for each in container["ports"]}
        assert {"serve": 8100, "grpc": 8200}.items() <= ports.items()
        # Where one is missing, KubeRay's own asks by wget.
        assert "httpGet" in container["livenessProbe"]
        assert "httpGet" in container["readinessProbe"]
        if group is not head:
            asked = container["readinessProbe"]["httpGet"]
            assert asked == {"path": "/-/healthz", "port": "serve"}


def test_workers_have_time_to_finish() -> None:
    for group in cluster()["workerGroupSpecs"]:
        (container,) = group["template"]["spec"]["containers"]
        own = {each["name"]: each["value"] for each in container["env"]}
        assert own == {"FOVEATE_DATASETS__AT_ONCE": "0", "FOVEATE_JOBS__WORKERS": "0"}
        assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
        assert (
            group["template"]["spec"]["terminationGracePeriodSeconds"]
            > Settings().load.stop_timeout_s
        )
