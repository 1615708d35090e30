"""blinplan-cluster(7): how a run goes to many machines, by Dask's own tools; its commands are run by a test."""

from blinplan.cluster.executor import SECONDS_TO_ANSWER, SECONDS_WITHOUT_WORKERS
from man.make import roff

PAGE = "blinplan-cluster.7"

BY_HAND = """\
dask scheduler --port 0 --scheduler-file scheduler.json &
dask worker --scheduler-file scheduler.json \\
  --nworkers 2 --nthreads 1 &
until [ -s scheduler.json ]; do sleep 1; done
blinplan simulate rr-adult --patients 100000 \\
  --scheduler scheduler.json
"""
"""In one folder that all machines see; the second command on each machine that works."""

SLURM = """\
#!/bin/bash
#SBATCH --ntasks=64 --cpus-per-task=1
#SBATCH --mem-per-cpu=2G --time=02:00:00
trap 'kill $(jobs -p)' EXIT
rm -f scheduler.json
dask scheduler --port 0 --scheduler-file scheduler.json &
srun dask worker --scheduler-file scheduler.json --nthreads 1 &
until [ -s scheduler.json ]; do sleep 1; done
blinplan simulate rr-adult --patients 1000000 -o endpoints.parquet \\
  --scheduler scheduler.json
"""

JOBQUEUE = """\
import blinplan
from dask_jobqueue import SLURMCluster

jobs = SLURMCluster(cores=1, memory="2 GB", walltime="02:00:00")
jobs.scale(jobs=64)
with jobs, blinplan.cluster_at(jobs.scheduler_address) as workers:
    blinplan.simulate("rr-adult", 1_000_000, executor=workers)
"""

IMAGE = """\
FROM python:3.12-slim
RUN pip install 'blinplan[cluster,fast,parquet]'
"""

KUBERNETES = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: blinplan-scheduler}
spec:
  selector: {matchLabels: {app: blinplan-scheduler}}
  template:
    metadata: {labels: {app: blinplan-scheduler}}
    spec:
      containers:
        - name: scheduler
          image: registry.example/blinplan
          args: [dask, scheduler]
          ports: [{containerPort: 8786}]
---
apiVersion: v1
kind: Service
metadata: {name: blinplan-scheduler}
spec:
  selector: {app: blinplan-scheduler}
  ports: [{port: 8786}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: blinplan-worker}
spec:
  replicas: 64
  selector: {matchLabels: {app: blinplan-worker}}
  template:
    metadata: {labels: {app: blinplan-worker}}
    spec:
      containers:
        - name: worker
          image: registry.example/blinplan
          args: [dask, worker, "tcp://blinplan-scheduler:8786",
                 --nthreads, "1"]
          resources:
            requests: {cpu: 1, memory: 2Gi}
            limits: {memory: 2Gi}
"""

KUBECTL = """\
kubectl apply -f blinplan.yaml
kubectl run blinplan --rm -it --restart=Never \\
  --image=registry.example/blinplan -- \\
  blinplan simulate rr-adult --patients 1000000 \\
  --scheduler tcp://blinplan-scheduler:8786
"""

OPERATOR = """\
import blinplan
from dask_kubernetes.operator import KubeCluster

image = "registry.example/blinplan"
pods = KubeCluster(name="blinplan", image=image, n_workers=64)
with pods, blinplan.cluster_at(pods.scheduler_address) as workers:
    blinplan.simulate("rr-adult", 1_000_000, executor=workers)
"""

TLS = {
    "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true",
    "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": "ca.pem",
    "DASK_DISTRIBUTED__COMM__TLS__SCHEDULER__CERT": "cert.pem",
    "DASK_DISTRIBUTED__COMM__TLS__SCHEDULER__KEY": "key.pem",
    "DASK_DISTRIBUTED__COMM__TLS__WORKER__CERT": "cert.pem",
    "DASK_DISTRIBUTED__COMM__TLS__WORKER__KEY": "key.pem",
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT": "cert.pem",
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY": "key.pem",
}
"""Variables of Dask by which all of it, and blinplan, speak TLS."""

_ABOUT = (
    "Commands that send virtual patients through regimens take `--scheduler` `ADDRESS`: what threads would"
    " compute is computed by the workers of a Dask cluster, and shown and written here. `ADDRESS` is what `dask"
    " scheduler` says, as `tcp://head:8786`, or the file that it writes (`--scheduler-file`), whose name ends in"
    " `.json`. Results are the same to the last byte, whoever computes, in however many pieces, and whoever is lost on"
    " the way.",
    "Needed are `pip install 'blinplan[cluster]'` here, and the same blinplan on every worker. The scheduler need not"
    " have it. For endpoints, workers are told the regimen and which patients of the seed to draw, five kilobytes for"
    " a thousand of them, and half a kilobyte a patient comes back; for curves (`--every`, `--figure`) patients go"
    " there, and their curves come back. No folder need be shared, but for the scheduler's file.",
)
_WORKERS = (
    "Give each worker one thread for each processor that it is to use. With the extra `fast` a worker of many threads"
    " computes as well as as many workers of one (`--nthreads 16`); without it take workers of one thread, since"
    " threads of NumPy wait for each other. No worker starts threads of its own. A worker with `fast` compiles once,"
    " and keeps the result in its user's cache: on nodes without a home each does so anew, for some seconds.",
)
_SLURM = (
    "As one job, with `sbatch`, from a folder that all nodes see:",
    "The run begins when the first worker is there; those that come later work too. Or from Python, where"
    " dask-jobqueue submits a job for each worker:",
)
_KUBERNETES = (
    "An image, and the scheduler and workers that run it:",
    "With the image built and pushed, and the rest in `blinplan.yaml`:",
    "Or, with the operator of dask-kubernetes, from Python within the cluster:",
)
_REFUSED = (
    "Before a worker computes anything, it compares what the bytes of a result follow from with what is here: the"
    " version of blinplan, the model's hash, the rules, the engine (numba with its version, or NumPy), the versions of"
    " NumPy, SciPy and Dask, and what its processor makes of the exponential and the logarithm that patients are drawn"
    " with. A worker that differs in any of them is refused, also one that joins later, and the run ends with a"
    " sentence that names it and both values. Where only the processors differ, `NPY_DISABLE_CPU_FEATURES` makes them"
    " alike (see NumPy on CPU dispatch).",
)
_LOST = (
    f"A scheduler that does not answer within {SECONDS_TO_ANSWER} seconds, or has no worker within"
    f" {SECONDS_WITHOUT_WORKERS}, is a sentence and status 2. A worker that is lost costs the pieces that it had, which"
    f" others compute again. Where all are lost, the run waits {SECONDS_WITHOUT_WORKERS} seconds for another. A piece"
    " over which one worker after the other ends (four, unless Dask's `allowed-failures` says otherwise) ends the run"
    " with a sentence. A scheduler that is lost ends it too: what was written by then stays, nothing that is written at"
    " the end is written by half, and a sweep, search or sensitivity with -o goes on by"
    " the same command. Ctrl-C gives up what has not come; the cluster goes on, for others.",
    "At most 64 pieces, or two for each thread of the cluster, are on their way at once, so that memory here does not"
    " grow with the run.",
)
_TRUST = (
    "Whoever reaches a Dask scheduler can run any program on its workers, as their user: what goes over its wires are"
    " pickles, which are programs. So let nobody reach it, or have it ask for certificates. And whoever runs the"
    " scheduler or a worker can run any program here. blinplan reads pickles from the scheduler that was named and"
    " from its workers, and from nobody else: name none that is not yours.",
    "`tls://` addresses and Dask's security settings hold as Dask has them. With these variables set for scheduler,"
    " workers and blinplan, each has to show a certificate that `ca.pem` has signed, and nothing goes unencrypted:",
)
_PYTHON = (
    "Every function with `executor=` takes the workers of a scheduler: those of `blinplan.cluster_at(address)`, with"
    " all that stands above, or `client.get_executor()` of Dask as it is. With the latter the scheduler needs blinplan"
    " too, versions are not compared, and what becomes of the cluster is told in Dask's words.",
)


def pages() -> dict[str, str]:
    """The page of section 7."""
    return {
        PAGE: roff.page(
            PAGE[:-2],
            7,
            "How a run of blinplan goes to many machines.",
            roff.section(
                "description",
                *map(roff.paragraph, _ABOUT),
                roff.subsection("By hand", roff.paragraph(_BY_HAND), roff.example(BY_HAND)),
                roff.subsection("Workers", *map(roff.paragraph, _WORKERS)),
                roff.subsection(
                    "SLURM",
                    roff.paragraph(_SLURM[0]),
                    roff.example(SLURM),
                    roff.paragraph(_SLURM[1]),
                    roff.example(JOBQUEUE),
                ),
                roff.subsection(
                    "Kubernetes",
                    roff.paragraph(_KUBERNETES[0]),
                    roff.example(IMAGE),
                    roff.example(KUBERNETES),
                    roff.paragraph(_KUBERNETES[1]),
                    roff.example(KUBECTL),
                    roff.paragraph(_KUBERNETES[2]),
                    roff.example(OPERATOR),
                ),
                roff.subsection("What is refused", *map(roff.paragraph, _REFUSED)),
                roff.subsection("What is lost", *map(roff.paragraph, _LOST)),
                roff.subsection(
                    "Whom to trust",
                    *map(roff.paragraph, _TRUST),
                    roff.example("\n".join(f"export {name}={value}" for name, value in TLS.items())),
                ),
                roff.subsection("Python", *map(roff.paragraph, _PYTHON)),
            ),
            roff.see_also(
                ("blinplan.1", "blinplan-simulate.1", "blinplan-compare.1", "blinplan-check.1", "blinplan-solver.7")
            ),
        )
    }


_BY_HAND = "On machines that see one folder; the second command on each that works, with as many workers as processors:"
