"""What both sides of the process boundary read and write. Imports the standard library and numpy."""
