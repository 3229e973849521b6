"""What `consort describe` says of a file."""

import json
import os
import subprocess


def described(path, fast=False):
    """All of it; `fast`: without the transcription model."""
    command = [os.environ.get("CONSORT", "target/release/consort"), "describe", str(path), "--json"] + ["--fast"] * fast
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise SystemExit(f"{path}: {done.stderr.strip()}")
    return json.loads(done.stdout)
