"""Parts of an arrangement: data, tokens and the network that fills in those that are missing."""
