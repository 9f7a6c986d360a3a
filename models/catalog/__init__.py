"""The catalogue: product families and products, price lists, exchange rates."""
