"""The networks, as PyTorch modules: one file a network. Shapes and names follow plugin-assets/models/manifest.json."""
