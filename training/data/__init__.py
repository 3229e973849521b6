"""Data set of analysed notes: rendering, analysis, captions, splits and loading."""
