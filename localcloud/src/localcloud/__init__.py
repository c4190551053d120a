"""Two AWS Regions on one machine. Knows nothing of the application that is deployed to it."""
