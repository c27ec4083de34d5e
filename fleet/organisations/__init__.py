"""Districts, schools and operators, and who serves in them."""
