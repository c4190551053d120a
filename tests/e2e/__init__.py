"""The deployed system. A package, so that its fixtures can end with it."""
