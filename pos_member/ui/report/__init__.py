"""The parts of the day report."""
