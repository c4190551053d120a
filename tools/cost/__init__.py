"""What the system costs: units that were measured, list prices, dollars, the idle month."""
