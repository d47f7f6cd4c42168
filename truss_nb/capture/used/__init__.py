"""What is used of a value alone, and what stands for it then."""
