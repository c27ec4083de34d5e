"""Writes a small PMTiles archive (version 3): one picture for each zoom level, over the whole world.

Source: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

import itertools
import struct
import zlib

HEADER_BYTES = 127
UNCOMPRESSED, PNG = 1, 2
WEST_SOUTH_EAST_NORTH_E7 = (-1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)


def picture(colour: tuple[int, int, int]) -> bytes:
    """A PNG of one pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(bytes([0, *colour]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def archive(pictures: list[bytes]) -> bytes:
    """An archive whose zoom level n shows ``pictures[n]`` everywhere."""
    offsets = [0, *itertools.accumulate(map(len, pictures))]
    tiles_at_zoom = [4**zoom for zoom in range(len(pictures))]
    directory = b"".join(
        map(
            varint,
            [
                len(pictures),
                0,
                *tiles_at_zoom[:-1],  # each zoom's first tile id lies so far after that of the zoom before
                *tiles_at_zoom,  # run lengths
                *map(len, pictures),
                *(offset + 1 for offset in offsets[:-1]),
            ],
        )
    )
    metadata = b"{}"
    tiles = b"".join(pictures)
    metadata_at = HEADER_BYTES + len(directory)
    tiles_at = metadata_at + len(metadata)
    header = b"PMTiles\x03" + struct.pack(
        "<11Q6B4iB2i",
        HEADER_BYTES, len(directory), metadata_at, len(metadata), 0, 0, tiles_at, len(tiles),
        sum(tiles_at_zoom), len(pictures), len(pictures),
        1, UNCOMPRESSED, UNCOMPRESSED, PNG, 0, len(pictures) - 1,
        *WEST_SOUTH_EAST_NORTH_E7, 0, 0, 0,
    )  # fmt: skip
    return header + directory + metadata + tiles


def varint(number: int) -> bytes:
    """A number in groups of seven bits, least first, as protocol buffers write it."""
    groups = bytearray()
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)
