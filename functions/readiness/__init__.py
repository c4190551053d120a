"""Calls every function of the Region with its check, on a schedule and before a failover."""
