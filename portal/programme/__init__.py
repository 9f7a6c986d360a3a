"""The programme: the vendor's own data and the rules that every partner can rely on."""
