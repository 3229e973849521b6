"""What bars look like, for the beat tracking."""
