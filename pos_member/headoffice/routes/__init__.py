"""The calls a till makes; see docs/sync-protocol.md."""
