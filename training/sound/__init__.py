"""The sound encoder: by which instruments are found."""
