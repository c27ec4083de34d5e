"""Signing in, second factors, sessions, and what a person's account is made of."""
