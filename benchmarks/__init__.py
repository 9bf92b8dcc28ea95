"""Every figure the README quotes. ``make bench`` runs them all; each module runs alone too."""
