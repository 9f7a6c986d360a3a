"""People as an administrator sees them: one's own company's, or everybody."""
