"""Models of an instrument: the note codec, the first note, the others."""
