"""The vocabulary: every word that one room says and another reads, each written once. Nothing decides by prose."""
