"""When two records mean the same person or company: plain comparison of plain values, no database."""
