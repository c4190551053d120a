"""Deploys, checks, operates and destroys the stacks; the Makefile calls `python -m deployer`."""
