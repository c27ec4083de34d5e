"""Bytes to and from devices: TCP, UDP, serial ports and recorded logs."""
