"""Spreadsheets of registry objects: templates, reading, checking, importing, undoing, exporting."""
