"""Turn executed notebooks into pages that read well in any browser, without a network."""

from nccourse.cli.site.build import build
from nccourse.cli.site.document import Document, find_documents
from nccourse.cli.site.entry import Entry
from nccourse.cli.site.execution import Execution, store

__all__ = ["Document", "Entry", "Execution", "build", "find_documents", "store"]
