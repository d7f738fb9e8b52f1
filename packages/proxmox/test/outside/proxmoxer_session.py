"""Drives a Proxmox VE endpoint through proxmoxer: logs in, lists, creates, clones, follows tasks, cleans up.

Reads host, port, user, password and token from the JSON in the environment variable PVE_ENDPOINT and prints one JSON
line of what it saw. Works with proxmoxer 1.2 and 2.x.
"""

import json
import os
import sys
import time
import warnings

from proxmoxer import ProxmoxAPI

# The endpoint has a certificate of its own authority; proxmoxer of old has no way to name one.
warnings.filterwarnings("ignore")


def connect(endpoint, how):
    shared = {"port": endpoint["port"], "verify_ssl": False, "service": "PVE"}
    if how == "ticket":
        return ProxmoxAPI(endpoint["host"], user=endpoint["user"], password=endpoint["password"], **shared)
    return ProxmoxAPI(
        endpoint["host"],
        user=endpoint["user"],
        token_name=endpoint["tokenName"],
        token_value=endpoint["tokenSecret"],
        **shared,
    )


def follow(api, upid):
    """Waits for a task and returns its exit status with the number of its log lines."""
    node = upid.split(":")[1]
    for _ in range(2000):
        status = api.nodes(node).tasks(upid).status.get()
        if status["status"] == "stopped":
            log = api.nodes(node).tasks(upid).log.get(limit=500)
            return {"exitstatus": status["exitstatus"], "lines": len(log), "last": log[-1]["t"]}
        time.sleep(0.02)
    raise RuntimeError("task did not end: " + upid)


def session(endpoint, how):
    api = connect(endpoint, how)
    seen = {"version": api.version.get()["release"]}
    nodes = sorted(node["node"] for node in api.nodes.get())
    node = nodes[0]
    seen["nodes"] = nodes
    templates = [row for row in api.cluster.resources.get(type="vm") if row.get("template") == 1]
    seen["templates"] = sorted(row["name"] for row in templates)
    seen["storages"] = sorted(row["storage"] for row in api.nodes(node).storage.get())

    blank = int(api.cluster.nextid.get())
    created = api.nodes(node).qemu.create(
        vmid=blank, name="blank-" + how, memory=512, cores=1, scsi0="local-lvm:4", net0="virtio,bridge=vmbr0"
    )
    seen["created"] = follow(api, created)
    seen["config"] = api.nodes(node).qemu(blank).config.get()["name"]
    api.nodes(node).qemu(blank).config.put(cores=2, tags="web;prod")
    seen["tags"] = api.nodes(node).qemu(blank).config.get()["tags"]

    source = [row for row in templates if row["name"] == "debian-13-cloud"][0]
    clone = int(api.cluster.nextid.get())
    cloned = api.nodes(source["node"]).qemu(source["vmid"]).clone.create(newid=clone, name="clone-" + how, full=1)
    seen["cloned"] = follow(api, cloned)
    seen["started"] = follow(api, api.nodes(source["node"]).qemu(clone).status.start.create())
    seen["running"] = api.nodes(source["node"]).qemu(clone).status.current.get()["qmpstatus"]
    seen["stopped"] = follow(api, api.nodes(source["node"]).qemu(clone).status.stop.create())

    try:
        api.nodes(node).qemu.create(vmid=blank)
        seen["collision"] = None
    except Exception as error:  # each version of proxmoxer has its own class
        seen["collision"] = str(error)

    seen["deleted"] = [
        follow(api, api.nodes(source["node"]).qemu(clone).delete()),
        follow(api, api.nodes(node).qemu(blank).delete()),
    ]
    seen["left"] = sorted(row["vmid"] for row in api.nodes(node).qemu.get())
    return seen


def main():
    endpoint = json.loads(os.environ["PVE_ENDPOINT"])
    result = {how: session(endpoint, how) for how in ("ticket", "token")}
    print(json.dumps(result))


if __name__ == "__main__":
    sys.exit(main())
