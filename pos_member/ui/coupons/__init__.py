"""The parts of the coupon desk."""
