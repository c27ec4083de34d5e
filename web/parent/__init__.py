"""Pages of guardians: where their child's bus is, absences, who may collect, links to share, notices."""
