"""What the staff pages of cases show, read in a fixed number of queries."""
