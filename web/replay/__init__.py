"""The replay of a bus's driving: map, speeds and findings along event time."""
