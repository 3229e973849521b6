"""Where the data set lives: ``--data``, else ``$CONSORT_DATA``, else ``training/.data``."""

import os
from pathlib import Path


def data_root(option=None):
    return Path(option or os.environ.get("CONSORT_DATA") or Path(__file__).parent.parent / ".data")
