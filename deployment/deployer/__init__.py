"""The life of the stacks: checked, deployed, verified, wired, destroyed. Called by the Makefile."""
