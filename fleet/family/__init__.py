"""What families are shown and told of their child's trip: its window, notices, push and links to share."""
