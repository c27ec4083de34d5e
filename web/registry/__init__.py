"""The registry's pages: lists, details, forms, and spreadsheets of them."""
