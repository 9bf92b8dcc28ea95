"""The parts of the page that carries bills out and head office's answer in by stick."""
