"""Tests of what families see and are told."""
