"""The printers of a till: what the wizard knows, its steps, and the words for ways, roles and conditions."""
