"""The chart, the manifests rendered from it, and those written by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from foveate.configuration.table import table_of
from foveate.metrics import TABLE
from foveate.settings import Settings

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy/helm/foveate"
FOLDER = ROOT / "deploy/kubernetes"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
FILES = ("foveate.yaml", "keda-to-zero.yaml", "knative.yaml")
SETTINGS = {f"FOVEATE_{name.replace('.', '__', 1).upper()}" for name in table_of(Settings).rows}
EVERYTHING = (*FOLDER.glob("*.yaml"), *CHART.rglob("*.yaml"))


def documents(name: str) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all((FOLDER / name).read_text()) if each]


RENDERED = {each["kind"]: each for each in documents("foveate.yaml")}
POD = RENDERED["Deployment"]["spec"]["template"]["spec"]
KNATIVE = documents("knative.yaml")[0]["spec"]["template"]["spec"]


@pytest.mark.parametrize("pod", [POD, KNATIVE], ids=["deployment", "knative"])
def test_pods_have_no_rights_and_write_to_what_is_mounted_alone(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    said = {**pod.get("securityContext", {}), **container["securityContext"]}
    assert said["runAsNonRoot"] is True
    assert f"\nUSER {said['runAsUser']}:" in (ROOT / "Dockerfile").read_text()
    assert said["readOnlyRootFilesystem"] is True
    assert said["allowPrivilegeEscalation"] is False
    assert said["capabilities"] == {"drop": ["ALL"]}
    assert said["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    mounted = {each["mountPath"] for each in container["volumeMounts"]}
    assert mounted == {"/var/cache/foveate", "/var/lib/foveate", "/tmp"}  # noqa: S108
    assert all(each.get("emptyDir") != {} for each in pod["volumes"]), "each has a limit"


@pytest.mark.parametrize("pod", [POD, KNATIVE], ids=["deployment", "knative"])
def test_probes_ask_what_the_server_answers_and_memory_is_more_than_it_takes(
    pod: dict[str, Any],
) -> None:
    (container,) = pod["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["ports"][0]["containerPort"] == Settings().server.port
    (gibibytes,) = re.findall(r"^(\d+)Gi$", container["resources"]["limits"]["memory"])
    assert int(gibibytes) * 2**30 >= Settings().load.memory_bytes + 2**30


def test_a_pod_has_the_same_memory_whoever_starts_it() -> None:
    limits = [pod["containers"][0]["resources"]["limits"] for pod in (POD, KNATIVE)]
    assert limits[0] == limits[1]


@pytest.mark.parametrize("pod", [POD, KNATIVE], ids=["deployment", "knative"])
def test_pods_that_share_no_files_work_on_no_jobs_and_make_no_datasets(pod: dict[str, Any]) -> None:
    said = {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}
    assert said["FOVEATE_JOBS__WORKERS"] == said["FOVEATE_DATASETS__AT_ONCE"] == "0"
    (state,) = [each for each in pod["volumes"] if each["name"] == "state"]
    assert "emptyDir" in state


def test_one_pod_with_state_has_memory_and_files_for_jobs_and_handlers_of_datasets() -> None:
    guide = (ROOT / "docs/guides/kubernetes.md").read_text()
    (gibibytes,) = re.findall(r"--set resources\.limits\.memory=(\d+)Gi \\\n", guide)
    assert f": {gibibytes}Gi.\n" in (CHART / "values.yaml").read_text()
    settings, handlers = Settings(), int(VALUES["resources"]["limits"]["cpu"])
    taken = settings.load.memory_bytes + settings.jobs.memory_bytes
    taken += handlers * settings.datasets.handler_memory_bytes
    assert int(gibibytes) * 2**30 >= taken + 2**30
    template = (CHART / "templates/deployment.yaml").read_text()
    (more, less) = map(int, re.findall(r"\n            +sizeLimit: (\d+)Gi", template)[:2])
    assert (more - less) * 2**30 > handlers * settings.datasets.handler_disk_bytes
    assert VALUES["state"]["persistent"] is False


def test_running_requests_are_given_their_time() -> None:
    drain = POD["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    given = {each["name"]: each.get("value") for each in POD["containers"][0]["env"]}
    stop = int(given["FOVEATE_LOAD__STOP_TIMEOUT_S"])
    assert POD["terminationGracePeriodSeconds"] > drain + stop
    assert VALUES["stopTimeoutSeconds"] == Settings().load.stop_timeout_s
    assert KNATIVE["timeoutSeconds"] > Settings().limits.timeout_s


def test_everything_that_belongs_together_is_there_and_meets() -> None:
    assert set(RENDERED) >= {
        "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "PersistentVolumeClaim",
        "PodDisruptionBudget", "Service", "ServiceAccount", "ServiceMonitor",
    }  # fmt: skip
    labels = RENDERED["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for kind, path in {
        "Service": ("selector",),
        "PodDisruptionBudget": ("selector", "matchLabels"),
        "NetworkPolicy": ("podSelector", "matchLabels"),
        "ServiceMonitor": ("selector", "matchLabels"),
        "Deployment": ("selector", "matchLabels"),
    }.items():
        chosen = RENDERED[kind]["spec"]
        for word in path:
            chosen = chosen[word]
        assert chosen
        assert chosen.items() <= labels.items(), kind
    assert RENDERED["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "foveate"
    claims = [each["persistentVolumeClaim"] for each in POD["volumes"] if len(each) > 1 and
              "persistentVolumeClaim" in each]  # fmt: skip
    assert {each["claimName"] for each in claims} == {
        RENDERED["PersistentVolumeClaim"]["metadata"]["name"]
    }
    assert RENDERED["ServiceMonitor"]["spec"]["jobLabel"] in labels


def test_originals_come_from_nowhere_within_the_cluster() -> None:
    rules = RENDERED["NetworkPolicy"]["spec"]["egress"]
    (internet,) = [each["ipBlock"] for rule in rules for each in rule["to"] if "ipBlock" in each]
    assert {"10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"} <= {
        *internet["except"]
    }


def test_the_guide_says_at_which_ports_the_internet_is_reached() -> None:
    rules = RENDERED["NetworkPolicy"]["spec"]["egress"]
    (rule,) = [rule for rule in rules if any("ipBlock" in each for each in rule["to"])]
    ports = " and ".join(str(each["port"]) for each in rule["ports"])
    assert f"to ports {ports} of the internet" in (ROOT / "docs/guides/kubernetes.md").read_text()


def test_uploads_through_an_ingress_may_be_what_the_server_takes() -> None:
    assert Settings().limits.max_bytes <= 100 * 2**20
    for file in (CHART / "values.yaml", ROOT / "docs/guides/kubernetes.md"):
        assert "nginx.ingress.kubernetes.io/proxy-body-size: 100m" in file.read_text()


@pytest.mark.parametrize("file", EVERYTHING, ids=lambda file: str(file.relative_to(ROOT)))
def test_settings_and_metrics_are_called_as_they_are(file: Path) -> None:
    text = file.read_text()
    assert set(re.findall(r"FOVEATE_[A-Z]+__[A-Z_0-9]+", text)) <= SETTINGS
    counted = {f"foveate_{row.name}{'_total' if row.kind == 'counter' else ''}" for row in TABLE}
    assert set(re.findall(r"\bfoveate_[a-z_]+", text)) <= counted


def test_what_scales_goes_by_those_that_wait() -> None:
    metrics = RENDERED["HorizontalPodAutoscaler"]["spec"]["metrics"]
    assert {each["type"] for each in metrics} == {"Resource", "Pods"}
    (queued,) = [each["pods"]["metric"]["name"] for each in metrics if "pods" in each]
    assert queued == "foveate_queued"
    (scaled,) = documents("keda-to-zero.yaml")
    assert scaled["spec"]["minReplicaCount"] == 0
    assert KNATIVE  # and there by annotation
    annotations = documents("knative.yaml")[0]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["autoscaling.knative.dev/min-scale"] == "0"


def test_each_value_has_a_schema_and_each_schema_a_value() -> None:
    assert SCHEMA["properties"].keys() - {"global"} == VALUES.keys()
    for name, said in SCHEMA["properties"].items():
        if said.get("additionalProperties") is False:
            assert said["properties"].keys() == VALUES[name].keys(), name


@pytest.mark.parametrize("values", ["settings", "secrets"])
def test_what_the_chart_itself_says_is_no_setting_beside(values: str) -> None:
    assert SCHEMA["properties"][values]["propertyNames"] == {"$ref": "#/definitions/variable"}
    refused = SCHEMA["definitions"]["variable"]["not"]["enum"]
    said = re.findall(r"- name: (FOVEATE_\w+)", (CHART / "templates/deployment.yaml").read_text())
    assert {*said, "FOVEATE_SERVER__PORT"} == {*refused}


def test_manifests_changed_by_hand_are_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "docs")
    import manifests  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    assert manifests.stale() == []
    changed = tmp_path / "foveate.yaml"
    whole = manifests.FILE.read_text()
    changed.write_text(whole.replace("runAsNonRoot: true", "runAsNonRoot: false"))
    assert manifests.stale(changed)


def test_templates_use_values_that_there_are() -> None:
    for file in (CHART / "templates").iterdir():
        for path in re.findall(r"\.Values\.([A-Za-z.]+)", file.read_text()):
            value: Any = VALUES
            for word in path.split("."):
                if value == {}:
                    break  # what the operator names
                assert word in value, f"{file.name}: {path}"
                value = value[word]


def rendered(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    helm = pytest.importorskip("helm_python")
    found = helm.Chart.load(str(CHART)).render(values, name="foveate", namespace="foveate")
    texts = [text for name, text in found.items() if name.endswith(".yaml")]
    return {each["kind"]: each for text in texts for each in yaml.safe_load_all(text) if each}


def test_roles_and_what_an_ingress_is_told_are_annotations() -> None:
    role, body = {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x"}, {"size": "100m"}
    ingress = {"enabled": True, "annotations": body}
    found = rendered({"ingress": ingress, "serviceAccount": {"annotations": role}})
    assert found["Ingress"]["metadata"]["annotations"] == body
    assert found["ServiceAccount"]["metadata"]["annotations"] == role


def test_a_chart_with_fewer_pods_at_most_than_at_least_is_refused() -> None:
    with pytest.raises(Exception, match="maxReplicas of at least 5, got 2"):
        rendered({"autoscaling": {"minReplicas": 5, "maxReplicas": 2}})


def test_the_chart_is_of_this_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    project = (ROOT / "pyproject.toml").read_text()
    assert f'\nversion = "{chart["appVersion"]}"' in project
    assert POD["containers"][0]["image"].endswith(f":{chart['appVersion']}")


@pytest.mark.parametrize("name", FILES)
def test_manifests_are_valid_where_that_can_be_seen(name: str) -> None:
    validator = pytest.importorskip("kubernetes_validate")
    for each in documents(name):
        if each["apiVersion"].partition("/")[0] in {"v1", "apps", "policy", "autoscaling"}:
            validator.validate(each, "1.34", strict=True)
