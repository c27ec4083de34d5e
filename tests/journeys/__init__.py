"""Whole journeys of a user: the real server, real receivers' bytes over real sockets, a real browser."""
