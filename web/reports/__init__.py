"""Pages of safety reports: what they are about, their figures, as files, and by e-mail."""
