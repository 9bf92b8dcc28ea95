"""The rules of members, points, coupons and programs: standard library only, no I/O, no floats."""
