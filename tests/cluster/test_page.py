"""The commands of blinplan-cluster(7) are run as they stand there, on as many patients as a test needs."""

import ast
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from man.make import cluster as page
from tests.cluster.dask_programs import DASK, scheduler, started
from tests.program import NEVER, ROOT, WITHOUT_CODE, Run, process

FEW = ("--patients", "300", "-f", "json")


def shell(script: str, folder: Path) -> str:
    """Run a script in a folder, in which srun starts two tasks; what it writes to standard output."""
    programs = folder / "programs"
    programs.mkdir()
    for name, text in {
        "blinplan": f'exec {sys.executable} -P -m blinplan "$@"',
        "dask": f'exec {sys.executable} -P -m dask "$@"',
        "srun": '"$@" & "$@" & wait',
    }.items():
        (programs / name).write_text(
            f"#!/bin/bash\ntrap 'kill $(jobs -p) 2> /dev/null' EXIT\n{text}\n", encoding="utf-8"
        )
        (programs / name).chmod(0o755)
    environment = {**WITHOUT_CODE, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    with (folder / "shown").open("w") as shown:
        running = subprocess.Popen(  # noqa: S603 - our own page
            ["/bin/bash", "-c", script],
            cwd=folder,
            env={**environment, "DASK_SCHEDULER__DASHBOARD__STATUS__ENABLED": "false"},
            stdout=shown,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        assert running.wait(NEVER) == 0
    finally:
        with suppress(ProcessLookupError):  # where all have ended
            os.killpg(running.pid, signal.SIGKILL)  # workers take ten seconds to take leave of a scheduler that is gone
    return (folder / "shown").read_text(encoding="utf-8")


@pytest.fixture
def expected(inside: Run) -> str:
    """What a few patients are on one machine."""
    return inside("simulate", "rr-adult", *FEW).out


def on_few(text: str) -> str:
    """The same command on a few patients, and told."""
    return re.sub(r"--patients 1\d+( -o \S+)?", " ".join(FEW), text)


@pytest.mark.slow
def test_by_hand(tmp_path: Path, expected: str) -> None:
    assert shell(f"trap 'kill $(jobs -p)' EXIT\n{on_few(page.BY_HAND)}", tmp_path) == expected


@pytest.mark.nightly
@pytest.mark.slow
def test_as_a_job_of_slurm(tmp_path: Path, expected: str) -> None:
    (tmp_path / "scheduler.json").write_text("of a job before", encoding="utf-8")
    assert shell(on_few(page.SLURM), tmp_path) == expected


@pytest.mark.nightly
@pytest.mark.slow
def test_on_kubernetes(tmp_path: Path, expected: str) -> None:
    """The containers' commands, and that what finds each other by name has that name."""
    dispatched, service, working = yaml.safe_load_all(page.KUBERNETES)
    name, port = service["metadata"]["name"], service["spec"]["ports"][0]["port"]
    address = f"tcp://{name}:{port}"
    for deployment in (dispatched, working):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert service["spec"]["selector"] == dispatched["spec"]["selector"]["matchLabels"]
    assert page.KUBECTL.count(address) == 1
    (first,), (second,) = (one["spec"]["template"]["spec"]["containers"] for one in (dispatched, working))
    assert first["args"] == ["dask", "scheduler"]
    assert first["ports"] == [{"containerPort": port}]
    with scheduler(tmp_path) as running:
        command = [running.address if word == address else word for word in second["args"]]
        _, asked = on_few(page.KUBECTL.replace("\\\n", "")).split("-- ")
        with started(*DASK, *command[1:], folder=tmp_path):
            told = process(*asked.replace(address, running.address).split()[1:])
    assert (told.status, told.out) == (0, expected)


@pytest.mark.slow
@pytest.mark.nightly
def test_with_certificates(tmp_path: Path, expected: str) -> None:
    """Who has none is not heard."""
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -out ca.pem -days 2 -subj /CN=ca",
        "req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=cluster",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -out cert.pem -days 2",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603, S607
    secret: dict[str, Any] = {
        name: str(tmp_path / value) if value.endswith(".pem") else value for name, value in page.TLS.items()
    }
    with scheduler(tmp_path, protocol="tls", **secret) as running:
        assert running.address.startswith("tls://")
        with started(*DASK, "worker", running.address, "--nthreads", "1", "--no-nanny", folder=tmp_path, **secret):
            ran = process("simulate", "rr-adult", *FEW, "--scheduler", running.address, **secret)
            assert (ran.status, ran.out) == (0, expected)
            for address in (running.address, running.address.replace("tls", "tcp")):
                refused = process("simulate", "rr-adult", *FEW, "--scheduler", address)
                assert (refused.status, refused.out) == (2, "")
                assert f"no scheduler answers at {address}" in refused.err


@pytest.mark.parametrize("snippet", [page.JOBQUEUE, page.OPERATOR])
def test_what_only_a_cluster_can_run_is_python(snippet: str) -> None:
    ast.parse(snippet)
