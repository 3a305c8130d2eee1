"""Labelled people and companies that we invent, to measure how well likely duplicates are told from lookalikes."""
