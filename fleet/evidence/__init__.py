"""The evidence chain: what was found and recorded, hashed link by link, so that no later change goes unseen."""
