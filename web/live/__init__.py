"""Live screens over WebSockets."""
