"""The access log's pages: for those who answer for records, and for those whom they are about."""
