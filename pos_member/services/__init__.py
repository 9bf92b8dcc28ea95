"""Use cases and the ports they need: standard library and domain only.

Every method runs on the ``db`` lane, never on the UI thread, and returns frozen values. Each writing use case is
one transaction: facts, change-queue row, print jobs and audit commit together or not at all.
"""
