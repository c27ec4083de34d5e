"""The coordinator's pages: the live map, and the devices that wait for a bus."""
