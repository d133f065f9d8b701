"""What stands for a paper's network and images where an experiment is smaller.

No experiment is defined here; other files of this folder share it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from nccourse.experiments.rows import Rows


def beside(rows: Rows, records: pd.DataFrame, stands_for: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Lay what a small network did on small images beside the paper's numbers, under its own name.

    Args:
        rows: from records to comparison.
        records: one row a cell.
        stands_for: key of ``rows`` -> ours -> the paper's value whose numbers stand beside it.

    Returns:
        The comparison, with our values of the keys.
    """
    table = rows(records.replace({key: dict(names) for key, names in stands_for.items()}))
    for key, names in stands_for.items():
        used = [name for name in records[key].unique() if name in names]
        table[key] = table[key].replace({names[name]: name for name in used})
    return table
