"""Words and sounds in one space."""
