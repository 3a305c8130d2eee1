"""What the rows say together: what waits today."""
