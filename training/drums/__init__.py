"""Drum kits: hits as numbers, where they come from, and the model that makes them."""
