"""What a format has to keep to, and the places that are told: asked of every answer."""
