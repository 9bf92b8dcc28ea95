"""The pieces of the screen where paper templates are edited."""
