"""Every AWS call passes the gateway, from outside or from inside the local cloud."""
