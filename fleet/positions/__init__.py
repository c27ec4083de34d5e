"""Where devices reported to be, and where each was last."""
