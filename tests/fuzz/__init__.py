"""Damaged documents by the thousand: `make fuzz` converts them and shows what became of them."""
