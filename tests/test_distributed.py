"""Measuring on a Dask cluster: a scheduler and two workers over TCP, images in S3; what dies, and what is missing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import distributed
import numpy as np
import pytest
from clusters import dask, deadly

import datalint
from datalint import measure, pipeline
from datalint.config import Config
from datalint.errors import ClusterError, ConfigError
from datalint.measure import connected
from datalint.measure.cluster import Cluster, make_sure_of_sight
from datalint.measure.pool import run_batches
from datalint.measure.rounds import Rounds
from datalint.report import render
from datalint.storage import ImageRef, LocalFiles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clusters import Dask
    from servers import S3

    from datalint.model import Report

DATALINT = [sys.executable, "-m", "datalint"]
URL = "s3://distributed/clothing"


NEEDS = {"dask": ("distributed",), "ray": ("ray",), "spark": ("joblibspark", "pyspark")}
BACKENDS = sorted(NEEDS)


def there(backend: str) -> None:
    """Skip where a backend is not installed; Dask is, for tests."""
    for package in NEEDS[backend] if backend != "dask" else ():
        pytest.importorskip(package, reason=f"{package} is not installed: pip install 'datalint-images[{backend}]'")
    if backend == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs a Java runtime")


@pytest.fixture(scope="module")
def stored(s3_server: S3, example: Path) -> str:
    """The example in S3; returns what this machine says of it."""
    s3_server.upload(example, "distributed", "clothing")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_server.environment.items():
            patch.setenv(name, value)
        return render(datalint.check(URL), "json")


@pytest.fixture(scope="module")
def cluster(s3_server: S3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    with dask(tmp_path_factory.mktemp("cluster"), s3_server.environment) as started:
        yield started


def test_a_cluster_finds_what_this_machine_finds(cluster: Dask, s3_server: S3, stored: str) -> None:
    result = subprocess.run(
        [*DATALINT, "check", URL, "--format", "json", "--backend", "dask", "--scheduler", cluster.address],
        env={**os.environ, **s3_server.environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stderr == ""
    assert result.stdout == stored


@pytest.mark.parametrize("backend", BACKENDS)
def test_without_an_address_a_cluster_is_started(example: Path, backend: str) -> None:
    there(backend)
    command = [*DATALINT, "check", str(example), "--select", "INT,QUA", "--format", "json", "--jobs", "2"]
    results = [
        subprocess.run([*command, *options], capture_output=True, text=True, timeout=300).stdout
        for options in ([], ["--backend", backend])
    ]
    assert results[0] == results[1] != ""


def test_a_worker_that_is_killed_changes_nothing(
    s3_server: S3, stored: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("datalint.measure.stage.moderate_batch", lambda images, largest: 2)
    killed: list[int] = []
    with dask(tmp_path, s3_server.environment) as started, distributed.Client(started.address) as client:
        client.wait_for_workers(2, timeout=30)
        numbers = client.run(os.getpid)

        def kill(done: int, total: int) -> None:
            """Kill a worker that has something to do, now that others have done something."""
            busy = [numbers[worker] for worker, tasks in client.processing().items() if tasks]
            if busy and not killed:
                os.kill(busy[0], signal.SIGKILL)
                killed.append(busy[0])

        run = pipeline.Run(2, kill, backend="dask", scheduler=started.address)
        report = render(pipeline.check(URL, Config(), run), "json")
        assert [worker.wait(30) for worker in started.workers if worker.pid in killed] == [-signal.SIGKILL]
    assert report == stored


def test_an_image_that_kills_every_worker_is_lost_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    with connected("dask", None, 2) as started:
        assert started is not None
        results = list(run_batches(deadly, lambda number: [f"dead {number}"], list(range(10)), 4, started))
    assert [word for batch in results for word in batch] == [*"012345", "dead 6", *"789"]


def failing(batch: list[int]) -> list[str]:
    """Work that fails as Ray and Spark do for a worker that died: all batches at once."""
    if not {6, 31}.isdisjoint(batch):
        raise ZeroDivisionError
    return [str(number) for number in batch]


def test_what_fails_as_a_whole_is_halved_until_the_lost_are_left() -> None:
    pool = Rounds("threading", 2, ZeroDivisionError)
    results = list(run_batches(failing, lambda number: [f"dead {number}"], list(range(200)), 4, pool))
    expected = [f"dead {number}" if number in (6, 31) else str(number) for number in range(200)]
    assert [word for batch in results for word in batch] == expected


def test_a_cluster_that_is_gone_is_no_lost_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datalint.measure.rounds._nothing", lambda batch: 1 / 0)
    with pytest.raises(ClusterError, match="cluster is gone"):
        list(Rounds("threading", 2, ZeroDivisionError).outcomes(failing, [[6], [7]]))


def test_a_scheduler_that_goes_away_is_one_line(s3_server: S3, tmp_path: Path) -> None:
    with dask(tmp_path, s3_server.environment) as started, connected("dask", started.address, 1) as cluster:
        assert cluster is not None
        outcomes = cluster.outcomes(list, [[number] for number in range(100)])
        assert next(outcomes) == [0]
        started.scheduler.kill()
        with pytest.raises(ClusterError, match="connection to the Dask scheduler was lost"):
            list(cluster.outcomes(list, [[1], [2]]))


def refusal(**options: Any) -> str:
    """Check something small and return the one line that says why it cannot be done."""
    images = np.arange(64, dtype=np.uint8).reshape(4, 4, 4)
    with pytest.raises((ClusterError, ConfigError)) as refused:
        datalint.check(arrays=(images, [0, 1, 0, 1]), **options)
    text = str(refused.value)
    assert "\n" not in text
    return text


def test_arrays_are_measured_on_a_cluster_too(cluster: Dask) -> None:
    images = np.random.default_rng(0).integers(0, 255, (30, 16, 16, 3), dtype=np.uint8)
    reports: list[Report] = [
        datalint.check(arrays=(images, [0, 1] * 15), backend=backend, scheduler=scheduler)
        for backend, scheduler in (("local", None), ("dask", cluster.address))
    ]
    assert render(reports[0], "json") == render(reports[1], "json")


def test_what_listens_and_is_no_scheduler_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datalint.measure.on_dask._TIMEOUT", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert refusal(backend="dask", scheduler=address) == f"no Dask scheduler answers at {address} within 1 s"
    assert "missing port number" in refusal(backend="dask", scheduler="nonsense")


def test_a_cluster_without_workers_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datalint.measure.on_dask._TIMEOUT", 1)
    with dask(tmp_path, {}, workers=0) as started:
        assert "has no workers" in refusal(backend="dask", scheduler=started.address)


def test_workers_without_datalint_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "datalint").mkdir()
    (tmp_path / "datalint/__init__.py").write_text("raise ModuleNotFoundError('there is no datalint')")
    with dask(tmp_path, {"PYTHONPATH": str(tmp_path)}, workers=1) as started:
        text = refusal(backend="dask", scheduler=started.address)
    assert "cannot run datalint (there is no datalint); install datalint-images" in text


def test_an_old_version_on_the_workers_is_one_line(monkeypatch: pytest.MonkeyPatch, cluster: Dask) -> None:
    monkeypatch.setitem(measure.VERSIONS, "decode", -1)
    text = refusal(backend="dask", scheduler=cluster.address)
    assert text.endswith("this machine has -1; install the same on both")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"scheduler": "tcp://127.0.0.1:1"}, "--scheduler tcp://127.0.0.1:1 needs a --backend: dask, ray or spark"),
        ({"backend": "dusk"}, "there is no backend 'dusk'; did you mean 'dask'?; there are local, dask, ray, spark"),
    ],
)
def test_options_that_do_not_fit_are_one_line(options: dict[str, str], text: str) -> None:
    assert refusal(**options) == text


@pytest.mark.parametrize(("backend", "package"), [("dask", "distributed"), ("ray", "ray"), ("spark", "joblibspark")])
def test_a_missing_package_is_one_line(monkeypatch: pytest.MonkeyPatch, backend: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"datalint.measure.on_{backend}", raising=False)
    expected = f"--backend {backend} needs {package}: pip install 'datalint-images[{backend}]'"
    assert refusal(backend=backend) == expected


class Elsewhere:
    """Workers that have not this machine's disk."""

    def outcomes(self, work: Any, batches: Any) -> Iterator[Any]:
        return (
            work([image._replace(source=LocalFiles(image.source.root + "/elsewhere")) for image in b]) for b in batches
        )


def test_workers_that_cannot_read_the_images_are_one_line(example: Path) -> None:
    first = sorted(example.rglob("*.jpg"))[0].relative_to(example)
    with pytest.raises(ClusterError) as refused:
        make_sure_of_sight(
            Cluster("the dask cluster", Elsewhere()), [ImageRef(0, LocalFiles(str(example)), str(first))]
        )
    assert f"cannot read {first} as this machine does (No such file or directory)" in str(refused.value)
    gone = ImageRef(0, LocalFiles(str(example)), "train/hat/gone.jpg")
    make_sure_of_sight(Cluster("the dask cluster", Elsewhere()), [gone])
