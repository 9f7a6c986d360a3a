"""Every way we know of to reach a row through SQLAlchemy, as a rival would walk it.

A road takes the rival's session and the ids of somebody else's rows.  What it gives back is
searched for what is not the rival's; what it writes is looked for afterwards.
"""

from tests.roads.reading import READS
from tests.roads.relations import RELATIONS
from tests.roads.writing import WRITES

__all__ = ["READS", "RELATIONS", "WRITES"]
