"""Training of Consort's models: data, networks, export and evaluation (see README.md)."""
