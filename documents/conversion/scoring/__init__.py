"""How good a conversion is, and what it is measured against."""
