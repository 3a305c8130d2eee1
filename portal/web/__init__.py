"""The web: the one package of portal/ that knows Flask. Surfaces, forms, pages, sessions, lists, errors."""
