"""Templates: read, transformed, checked, and evaluated."""
