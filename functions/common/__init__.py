"""What all functions share."""
