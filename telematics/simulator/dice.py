"""Repeatable chance: every part of the simulator draws from its own generator, named by what it is for."""

import random


def dice(*names: object) -> random.Random:
    """A generator that gives the same draws for the same names, on every machine and Python version."""
    return random.Random("/".join(str(name) for name in names))  # noqa: S311 - a simulation, no secret
