"""Pages of alarms: the queue, one alarm with all that is known of it, what is suppressed, and how much there is."""
