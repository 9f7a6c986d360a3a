"""The bell, and the outbox: what people were told, in the portal and by mail."""
