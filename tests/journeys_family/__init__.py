"""The journey of a parent, in a browser."""
