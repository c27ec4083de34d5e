"""Roads, routes and stops: where buses may run and stop."""
