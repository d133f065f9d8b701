import os
import subprocess
import sys

import pytest

STARTS = 3

SCRIPT = """
import sys
from ray.cluster_utils import Cluster

head = {"num_cpus": 1, "include_dashboard": False}
nodes = Cluster(initialize_head=True, head_node_args=head)
nodes.add_node(num_cpus=1)
nodes.wait_for_nodes()
print("address", nodes.address, flush=True)
sys.stdin.read()
nodes.shutdown()
"""


@pytest.fixture(scope="session")
def cluster():
    """The address of a cluster of two workers with one core each, both on this machine."""
    for _ in range(STARTS):  # on a busy machine Ray may give up waiting for its own parts
        with _started() as process:
            lines = iter(process.stdout.readline, "")
            address = next((line.split()[1] for line in lines if line.startswith("address")), None)
            if address:
                yield address
                process.stdin.close()
                process.wait()
                return
    pytest.fail(
        f"no Ray cluster after {STARTS} starts; its own words are above, and a quieter machine may help"
    )


def _started():
    # A node may start slowly on a machine that is busy.
    patient = {**os.environ, "RAY_raylet_start_wait_time_s": "300", "RAY_USAGE_STATS_ENABLED": "0"}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.Popen(command, env=patient, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
