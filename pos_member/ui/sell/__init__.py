"""The parts of the sell screen."""
