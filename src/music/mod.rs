//! Symbols: notes and MIDI files. Knows nothing of sound.
