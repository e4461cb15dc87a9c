"""The confined side of a run: the only place where a student's code runs, and what it leaves as evidence."""
