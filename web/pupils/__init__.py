"""The school's pages of classes, pupils and absences; and the page on which a guardian uses a code."""
