"""Composition roots: they build the adapters, hand them to the use cases, and open the window."""
