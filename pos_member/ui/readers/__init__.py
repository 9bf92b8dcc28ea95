"""Cameras and readers of a till: the three parts of their set-up, and the words for codes, layouts and lights."""
