"""Makes this Region the active one."""
