"""How long it takes to describe a song and to write down its notes and drums."""

import os
import resource
import subprocess
import tempfile
import time

import numpy as np

from ..tables import show


def measure(folder, names):
    rows = []
    for what in ("describe", "transcribe"):
        rows.append((what, [_timed(what, folder / f"{name}.flac") for name in names]))
    rows.append(("both", [[a + b for a, b in zip(*pair)] for pair in zip(rows[0][1], rows[1][1])]))
    table = [(what, *np.median(times, 0), *np.max(times, 0)) for what, times in rows]
    show(f"Seconds a file, {len(names)} files, {os.cpu_count()} cores, process start and models' loading included",
         ("wall", "CPU", "worst wall", "worst CPU"), table)


def _timed(what, path):
    """(wall clock, user and system time of all threads), s"""
    with tempfile.TemporaryDirectory() as place:
        command = [os.environ.get("CONSORT", "target/release/consort"), what, str(path), "--json"]
        if what == "transcribe":
            command += ["--out", f"{place}/x.mid"]
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
