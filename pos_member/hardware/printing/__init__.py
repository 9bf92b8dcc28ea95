"""Paper: a frozen document becomes a layout, a 1-bit raster, ESC/POS bytes, and a verdict of the printer."""
