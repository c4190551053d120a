"""What actions do to the cloud, and how it is undone."""
