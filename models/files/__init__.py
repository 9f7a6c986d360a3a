"""Files: what people attach as evidence, known by its content and kept with the row it proves.

The bytes live in the database, so that they are kept or lost with the change that brought
them, are backed up with it, and stand under the same wall between partners.
"""

from models.files.operations import keep, remove
from models.files.queries import FileRow, attached
from models.files.rules import ACCEPTED, LARGEST, MOST, Upload, media_type_of
from models.files.tables import StoredFile

__all__ = [
    "ACCEPTED",
    "LARGEST",
    "MOST",
    "FileRow",
    "StoredFile",
    "Upload",
    "attached",
    "keep",
    "media_type_of",
    "remove",
]
