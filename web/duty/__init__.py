"""Pages of driving and rest times: drivers by the time that is left to them, and a driver's own."""
