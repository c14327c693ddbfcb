"""What is deployed, and how much of it: arithmetic, without Ray."""

from __future__ import annotations

import pytest

from foveate.cluster.serve_scale import FRONT, Scale, for_replica, in_flight, options, plan_of
from foveate.errors import BadSettings
from foveate.settings import Load, Settings


@pytest.mark.parametrize("batch", [1, 4, 16, 64])
@pytest.mark.parametrize("target", [0.5, 2, 30])
def test_a_replica_takes_two_batches_and_more_than_its_target(batch: int, target: float) -> None:
    most = in_flight(Scale(batch=batch, target=target))
    assert most >= 2 * batch
    assert most > target


def test_a_plan_names_what_differs_and_the_settings_what_else_is_useful() -> None:
    settings = Settings(attributes=("age",))
    plan = plan_of({"deployments": {"embedder": {"max": 9, "gpus": 0.25}}}, settings)
    assert {FRONT, "look", "embedder", "analyzer"} <= plan.deployments.keys()
    assert "preprocessor" not in plan.deployments
    assert plan.deployments["embedder"].max == 9
    assert plan.deployments["look"] == Scale()


def test_pictures_are_sent_to_a_stage_only_where_the_plan_says_so() -> None:
    plan = plan_of({"deployments": {"preprocessor": {}}}, Settings())
    assert "preprocessor" in plan.deployments


@pytest.mark.parametrize(
    ("deployments", "told"),
    [
        ({"painter": {}}, "expected front, look, embedder, .*, got 'painter'"),
        ({"look": {"min": 0}}, r"look: .* at `\$.min`"),
        ({"look": {"max": 2.5}}, r"look: .* at `\$.max`"),
        ({"look": 3}, "look: Expected `object`"),
        (3, r"Expected `object`, got `int` - at `\$.deployments`"),
        ({"look": {"min": 3, "max": 2}}, "look: expected max of at least 3"),
        ({"look": {"replicas": 1}}, "replicas"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(deployments: object, told: str) -> None:
    with pytest.raises(BadSettings, match=told):
        plan_of({"deployments": deployments}, Settings())


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"min": 5, "max": 9}, "expected deployments, host, got 'max'"),
        ({"deployments": {"look": {"host": "::"}}}, "expected batch, cpus, .*, got 'host'"),
    ],
)
def test_a_name_of_the_plan_in_a_deployment_or_the_other_way_round_is_refused(
    plan: dict[str, object], told: str
) -> None:
    with pytest.raises(BadSettings, match=told):
        plan_of(plan, Settings())


def test_a_deployment_has_its_own_resources_bounds_and_replicas() -> None:
    scale = Scale(min=2, max=5, target=3, cpus=0.5, gpus=1, memory_bytes=10**9)
    asked = options(scale, Settings(load=Load(queue=7, stop_timeout_s=11)))
    assert asked["ray_actor_options"] == {"num_cpus": 0.5, "num_gpus": 1, "memory": 10**9}
    scaling = asked["autoscaling_config"]
    assert (scaling["min_replicas"], scaling["max_replicas"]) == (2, 5)
    assert scaling["target_ongoing_requests"] == 3
    assert asked["max_queued_requests"] == 7
    assert asked["graceful_shutdown_timeout_s"] == 11


def test_a_replica_works_on_as_many_renditions_as_it_has_processors() -> None:
    def workers(cpus: float, said: int = 0) -> int:
        settings = for_replica(Settings(load=Load(workers=said)), Scale(cpus=cpus))
        return settings.load.workers

    assert workers(0.2) == 1
    assert workers(1) == 1
    assert workers(0.2, said=3) == 3
