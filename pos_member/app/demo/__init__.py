"""The whole product on one machine: head office, virtual printer, an enrolled till. By hand, or a scripted day."""
