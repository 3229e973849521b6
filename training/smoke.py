"""Everything on 20 instruments, to see that each step runs: `python -m training.smoke`. Takes under five minutes.

Renders, packs, trains, exports and evaluates into a folder of its own; what it makes sounds bad and is thrown away.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEPS = (
    "data.render --smoke",
    "drums.grooves --kits 8",
    "data.pack",
    "sound.hear",
    "instrument.codec --config smoke",
    "instrument.encode",
    "text.train --config smoke",
    "timbre.align --config smoke",
    "text.ask --config smoke",
    "instrument.complete --config smoke",
    "instrument.flow --config smoke",
    "sound.train --config smoke",
    "sound.train --config smoke --loss triplet",
    "sound.classes --config smoke",
    "timbre.phrases",
    "shipping.export --out {folder}/models",
    "evaluate codec --models {folder}/models --instruments 2 --sounds 1",
    "evaluate completion --models {folder}/models --instruments 2 --sounds 1",
    "evaluate text --models {folder}/models --instruments 2",
    "evaluate timbre --models {folder}/models --mixes 10",
)


def main():
    started = time.time()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CONSORT_DATA": folder, "CONSORT_CHECKPOINTS": str(Path(folder) / "checkpoints")}
        for step in STEPS:
            began = time.time()
            command = [sys.executable, "-m", *f"training.{step}".format(folder=folder).split()]
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            print(f"{step.split('{')[0]}: {time.time() - began:.0f} s", flush=True)
            if done.returncode:
                raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    print(f"all steps ran in {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
