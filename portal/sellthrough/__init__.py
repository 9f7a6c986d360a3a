"""Point-of-sale reports, as distributors hand them in and as the vendor reads them."""
