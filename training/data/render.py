"""Renders and analyses the instruments of all sources: ``python -m training.data.render``.

Resumable: instruments already there are skipped, presets that failed are listed in
``failed.jsonl`` and not tried again. Workers are separate processes, for a synth plugin may crash
and must not take the run down.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from . import instrument_file
from .making import Unusable, make
from .paths import data_root
from .sources import all_sources

SEED = 7
SPREAD = {
    "fluid": 0.2,
    "opl3": 0.2,
    "timgm": 0.2,
    "hexter": 0.4,
    "whysynth": 0.4,
    "xsynth": 0.4,
    "musescore": 0.6,
    "zyn": 0.8,
    "amsynth": 1.0,
}
"""Part of the run over which a source's presets are spread: any prefix is a mix, and the sources
with recorded instruments come first."""


def render_order(sources):
    """All presets of all sources in the order in which they are rendered."""
    order = []
    for name, source in sources.items():
        presets = source.presets()
        random.Random(f"{SEED}/{name}").shuffle(presets)
        order += [((index + 0.5) / len(presets) * SPREAD[name], preset) for index, preset in enumerate(presets)]
    return [preset for _, preset in sorted(order, key=lambda entry: (entry[0], entry[1].id))]


def _failed(root):
    path = root / "failed.jsonl"
    return {json.loads(line)["id"] for line in path.read_text().splitlines()} if path.exists() else set()


def _note_failure(root, identifier, why):
    with (root / "failed.jsonl").open("a") as file:
        file.write(json.dumps({"id": identifier, "why": why}) + "\n")


def work(root, sources, order, worker, workers, make, folder):
    """Makes every ``workers``-th preset of ``order`` with ``make(source, preset, root)``, but for those there in ``folder`` or failed."""
    current = root / f"worker-{worker}.txt"
    started, made = time.time(), 0
    skip = _failed(root) | set(instrument_file.finished(root / folder))
    for index, preset in enumerate(order):
        if index % workers != worker or preset.id in skip:
            continue
        current.write_text(preset.id)
        try:
            make(sources[preset.source], preset, root)
            made += 1
        except Unusable as reason:
            _note_failure(root, preset.id, str(reason))
        if made % 25 == 0:
            cpu = time.process_time()
            print(f"worker {worker}: {index + 1}/{len(order)}, {made} made, {time.time() - started:.0f} s, {cpu:.0f} CPU s", flush=True)
    current.unlink(missing_ok=True)


def supervise(module, root, workers, limit):
    """Runs the workers of a module with a ``main`` like this one's, and starts them again where a synth took one down."""

    def start(worker):
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", module, "--data", str(root), "--workers", str(workers)]
        command += ["--limit", str(limit), "--worker", str(worker)]
        return subprocess.Popen(["nice", "-n", "10", *command], env=environment, stdin=subprocess.DEVNULL)

    running = {worker: start(worker) for worker in range(workers)}
    while running:
        time.sleep(1)
        for worker, process in list(running.items()):
            if process.poll() is None:
                continue
            current = root / f"worker-{worker}.txt"
            if process.returncode and current.exists():
                _note_failure(root, current.read_text(), f"worker ended with {process.returncode}")
                current.unlink()
                running[worker] = start(worker)
            elif process.returncode:
                raise SystemExit(f"worker {worker} could not start: read its message above.")
            else:
                del running[worker]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder (default $CONSORT_DATA or training/.data)")
    parser.add_argument("--limit", type=int, default=100_000, help="number of presets to render")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--smoke", action="store_true", help="20 instruments only")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    root = data_root(options.data).absolute()
    for folder in ("notes", "audio", "heard", "cache"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    limit = 20 if options.smoke else options.limit
    if options.worker is not None:
        sources = all_sources(root / "cache")
        work(root, sources, render_order(sources)[:limit], options.worker, options.workers, make, "notes")
        return
    started = time.time()
    supervise("training.data.render", root, options.workers, limit)
    used = sum(path.stat().st_size for folder in ("notes", "audio", "heard") for path in (root / folder).iterdir())
    count = len(instrument_file.finished(root / "notes"))
    print(f"{count} instruments, {time.time() - started:.0f} s, {used / 2**30:.2f} GiB in {root}")


if __name__ == "__main__":
    main()
