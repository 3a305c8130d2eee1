"""What is sold: catalogue, stock, prices, taxes, freight, branches, orders."""
