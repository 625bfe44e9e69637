"""What is looked at before an install, as values."""
