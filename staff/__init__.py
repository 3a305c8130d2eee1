"""Face 1: the CRM for employees, one module per noun, thin over portal/."""
