"""The parts of the screen that takes goods back."""
