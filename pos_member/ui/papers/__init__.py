"""The parts of the screen of papers."""
