"""The REST interface under /api/v1/, with its OpenAPI document, and the pages of access tokens."""
