"""Cuts an input file into chunks."""
