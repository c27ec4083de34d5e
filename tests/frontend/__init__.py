"""Tests of the pages in a browser, and the stage they are shown on."""
