"""Instruments in a mix: notes of all of them, mixes put together of notes as in the paper, and the network that hears who plays.

Le Vaillant and Molle, "Contrastive timbre representations for musical instrument and synthesizer retrieval" (2025).
"""
