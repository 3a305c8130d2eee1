"""Face 2: the portal for customers, one module per noun, thin over portal/."""
