"""Service: what happens after the sale."""
