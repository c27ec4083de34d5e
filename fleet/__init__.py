"""What is known and what happened: the data of a district, its buses, and what was found."""
