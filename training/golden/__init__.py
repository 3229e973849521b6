"""Golden values: what other programs have to agree with."""
