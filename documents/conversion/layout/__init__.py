"""From the words and rulings of a page to blocks in reading order."""
