"""What a scan does: the way from a reader to the one right act, and what the cashier hears and reads of it."""
