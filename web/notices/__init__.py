"""Pages of notices: what one was told of alarms and how one wants to be told; gateways; what became of each try."""
