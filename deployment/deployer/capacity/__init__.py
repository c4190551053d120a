"""What AWS's quotas allow, and how long a file takes within them."""
