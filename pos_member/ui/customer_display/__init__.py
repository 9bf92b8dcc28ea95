"""What the customer sees: a second window with the bill, the points, and what to pay."""
