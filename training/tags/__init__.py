"""Tags of songs: which genre it is, and which instruments play."""
