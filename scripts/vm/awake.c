// SPDX-License-Identifier: GPL-2.0
// A kernel module for the virtual machine: while it is loaded, the machine's virtio devices are left out of a
// suspend. The machine's files come over one of them (9p), which does not come back from one, so that without
// this nothing would run any more afterwards. loopback.sh builds it.
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>

#define VIRTIO 0x1af4

static int leave_out(struct device *device, void *out)
{
	dev_pm_syscore_device(device, out != NULL);
	return 0;
}

// The PCI devices, and the virtio devices on them.
static void leave_all(void *out)
{
	struct pci_dev *card = NULL;

	while ((card = pci_get_device(VIRTIO, PCI_ANY_ID, card)) != NULL) {
		leave_out(&card->dev, out);
		device_for_each_child(&card->dev, out, leave_out);
	}
}

static int __init begin(void)
{
	leave_all(THIS_MODULE);
	return 0;
}

static void __exit end(void)
{
	leave_all(NULL);
}

module_init(begin);
module_exit(end);
MODULE_DESCRIPTION("Leaves virtio devices out of suspend");
MODULE_LICENSE("GPL");
