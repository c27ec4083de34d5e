"""A stage for the pages: the real templates and scripts over invented buses, without database or gateway."""
