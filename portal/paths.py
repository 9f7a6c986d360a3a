"""Parts of addresses that are neither ids nor numbers: a word of a known list."""

from flask import Flask
from werkzeug.routing import BaseConverter


class WordConverter(BaseConverter):
    """Such as "new_business" or "deal-approved"; whether it is known is the view's to say."""

    regex = "[a-z0-9_-]{1,60}"


def install(app: Flask) -> None:
    app.url_map.converters["word"] = WordConverter
