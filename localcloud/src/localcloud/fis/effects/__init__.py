"""The effects of actions on the cloud, and their end."""
