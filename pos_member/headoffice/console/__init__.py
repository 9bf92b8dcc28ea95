"""The web console: what head office's people see."""
