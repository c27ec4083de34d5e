"""Sans-I/O decoders: bytes in, messages out; nothing here opens a socket, a file or a clock."""
