"""The text encoder, and what words ask for."""
