"""Documents as data for other programs; the same Document gives the same bytes."""
