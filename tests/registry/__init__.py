"""The registry pages and spreadsheets."""
