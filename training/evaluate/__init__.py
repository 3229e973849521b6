"""Quality tables on the test split, through the exported models: `python -m training.evaluate codec` and so on."""
