"""From checkpoints to what the plugin ships, and back."""
