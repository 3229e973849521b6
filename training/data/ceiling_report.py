"""How well analysis → render does without any network: ``python -m training.data.ceiling_report``.

Prints the mean |Δ log-mel| in dB (sustain, first 60 ms) of held-out instruments by key, source and
family. No network can do better than this.
"""

import argparse
import time
from pathlib import Path

from .ceiling import measure, table
from .paths import data_root


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder (default $CONSORT_DATA or training/.data)")
    parser.add_argument("--instruments", type=int, help="measure so many test instruments (default: all)")
    options = parser.parse_args()
    started = time.time()
    results = measure(data_root(options.data), options.instruments)
    print("\n".join(table(results)))
    print(f"{len(results)} instruments, {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
