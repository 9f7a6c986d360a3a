"""What the vendor sees from above: how fast and how fairly deals are decided."""
