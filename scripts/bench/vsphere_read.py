"""Reads properties of all VMs with pyvmomi, twice, and prints the CPU of the second time in milliseconds.

Reads host, port, user, password, the properties and how many VMs there are at least from the JSON in VSPHERE_ENDPOINT.
"""

import json
import os
import time

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

endpoint = json.loads(os.environ["VSPHERE_ENDPOINT"])
collector = vmodl.query.PropertyCollector


def read(content):
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    walk = collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)
    spec = collector.FilterSpec(
        propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=endpoint["properties"], all=False)],
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[walk])],
    )
    rows = []
    result = content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions(maxObjects=1000))
    while True:
        rows += [{prop.name: prop.val for prop in each.propSet} for each in result.objects]
        if not result.token:
            break
        result = content.propertyCollector.ContinueRetrievePropertiesEx(result.token)
    view.Destroy()
    assert len(rows) >= endpoint["vms"], len(rows)


service = SmartConnect(
    host=endpoint["host"],
    port=endpoint["port"],
    user=endpoint["user"],
    pwd=endpoint["password"],
    disableSslCertValidation=True,
)
try:
    content = service.RetrieveContent()
    read(content)
    start = time.process_time()
    read(content)
    print((time.process_time() - start) * 1000)
finally:
    Disconnect(service)
