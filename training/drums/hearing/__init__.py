"""The drums of a song written down: a small network that hears, a hundred times a second, which pieces of a kit are struck.

In this order: `strokes` and `songs` (what it learns from), `train`, `export`; `python -m training.evaluate drums` measures it.
"""
