"""One module per family of formats: each takes a file apart and gives a Document.

A reader knows its engine; nothing after it does. formats.py says which reader reads what.
"""
