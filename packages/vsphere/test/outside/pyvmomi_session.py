"""Drives a vSphere endpoint through pyvmomi: logs in, lists, creates, clones, powers, snapshots, follows tasks, cleans up.

Reads host, port, user, password and the name of a template from the JSON in the environment variable VSPHERE_ENDPOINT and
prints one JSON line of what it saw.
"""

import json
import os
import sys

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl


def all_of(content, kind):
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    try:
        return list(view.view)
    finally:
        view.Destroy()


def read_names(content, kind, paths):
    """One RetrievePropertiesEx through a view, page by page."""
    collector = vmodl.query.PropertyCollector
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    walk = collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)
    spec = collector.FilterSpec(
        propSet=[collector.PropertySpec(type=kind, pathSet=paths, all=False)],
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[walk])],
    )
    rows, pages = [], 0
    result = content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions(maxObjects=2))
    while result is not None:
        pages += 1
        rows += [{prop.name: prop.val for prop in each.propSet} for each in result.objects]
        if not result.token:
            break
        result = content.propertyCollector.ContinueRetrievePropertiesEx(result.token)
    view.Destroy()
    return rows, pages


def session(endpoint):
    instance = SmartConnect(
        host=endpoint["host"],
        port=endpoint["port"],
        user=endpoint["user"],
        pwd=endpoint["password"],
        disableSslCertValidation=True,
    )
    content = instance.RetrieveContent()
    seen = {"about": content.about.apiType, "user": content.sessionManager.currentSession.userName}
    rows, pages = read_names(content, vim.VirtualMachine, ["name", "runtime.powerState", "config.hardware.memoryMB"])
    seen["names"] = sorted(row["name"] for row in rows)
    seen["pages"] = pages
    datacenter = all_of(content, vim.Datacenter)[0]
    pool = all_of(content, vim.ResourcePool)[0]
    seen["hosts"] = len(all_of(content, vim.HostSystem))
    store = all_of(content, vim.Datastore)[0]

    config = vim.vm.ConfigSpec(
        name="blank",
        guestId="otherGuest",
        numCPUs=2,
        memoryMB=512,
        files=vim.vm.FileInfo(vmPathName="[" + store.name + "]"),
        extraConfig=[vim.option.OptionValue(key="dcm.marker", value="k-1")],
    )
    created = datacenter.vmFolder.CreateVM_Task(config=config, pool=pool)
    WaitForTask(created)
    blank = created.info.result
    seen["created"] = [blank.name, blank.config.hardware.numCPU, blank.config.hardware.memoryMB]
    seen["marker"] = [option.value for option in blank.config.extraConfig if option.key == "dcm.marker"]

    template = [vm for vm in all_of(content, vim.VirtualMachine) if vm.name == endpoint["template"]][0]
    place = vim.vm.RelocateSpec(pool=pool, datastore=store)
    order = vim.vm.CloneSpec(location=place, template=False, powerOn=False)
    cloned = template.CloneVM_Task(folder=datacenter.vmFolder, name="copy", spec=order)
    WaitForTask(cloned)
    copy = cloned.info.result
    seen["cloned"] = [copy.name, copy.config.template, cloned.info.state]
    try:
        WaitForTask(template.CloneVM_Task(folder=datacenter.vmFolder, name="copy", spec=order))
    except vim.fault.DuplicateName as error:
        seen["duplicate"] = [error.name, error.object == copy]

    WaitForTask(copy.PowerOnVM_Task())
    seen["running"] = copy.runtime.powerState
    try:
        WaitForTask(copy.Destroy_Task())
    except vim.fault.InvalidPowerState as error:
        seen["refused"] = error.existingState
    WaitForTask(copy.CreateSnapshot_Task(name="first", description="", memory=False, quiesce=False))
    seen["snapshots"] = [tree.name for tree in copy.snapshot.rootSnapshotList]
    WaitForTask(copy.ReconfigVM_Task(vim.vm.ConfigSpec(annotation="changed & <kept>")))
    seen["annotation"] = copy.config.annotation
    WaitForTask(copy.PowerOffVM_Task())
    seen["disks"] = [
        device.capacityInBytes for device in copy.config.hardware.device if isinstance(device, vim.vm.device.VirtualDisk)
    ]
    seen["found"] = content.searchIndex.FindByUuid(None, copy.config.instanceUuid, True, True) == copy
    WaitForTask(copy.Destroy_Task())
    WaitForTask(blank.Destroy_Task())
    try:
        blank.name
    except vmodl.fault.ManagedObjectNotFound as error:
        seen["gone"] = error.obj == blank
    seen["left"] = sorted(vm.name for vm in all_of(content, vim.VirtualMachine))
    Disconnect(instance)
    return seen


def main():
    print(json.dumps(session(json.loads(os.environ["VSPHERE_ENDPOINT"]))))


if __name__ == "__main__":
    sys.exit(main())
