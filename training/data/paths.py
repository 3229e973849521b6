"""Where the data set lives: ``--data``, else ``$CONSORT_DATA``, else ``training/.data``; and the checkpoints."""

import os
from pathlib import Path


def data_root(option=None):
    return Path(option or os.environ.get("CONSORT_DATA") or Path(__file__).parent.parent / ".data")


def checkpoints_root():
    """``$CONSORT_CHECKPOINTS``, or a folder beside the data."""
    return Path(os.environ.get("CONSORT_CHECKPOINTS") or data_root() / "checkpoints")
