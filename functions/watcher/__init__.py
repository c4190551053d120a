"""Tells operators of inputs and runs that do not move, whichever Region they belong to."""
