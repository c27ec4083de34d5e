"""Pupils, who answers for them, where they board, and when they stay at home."""
