/*
 * plug.h: the two cameras of the kernel's simulator (vivid), unplugged and plugged in again by taking
 * the driver from its devices and giving it back.
 */
#ifndef PLUG_H
#define PLUG_H

#include "t_status.h"

#include <fcntl.h>

#define DRIVER "/sys/bus/platform/drivers/vivid"
#define MODULE "modprobe vivid n_devs=2 node_types=0x1,0x1 multiplanar=1,2"

static const char *const nodes[] = {"/dev/video0", "/dev/video1"};

/* Takes the driver from its cameras, or gives it back. */
static inline void plug(bool in)
{
    int file = open(in ? DRIVER "/bind" : DRIVER "/unbind", O_WRONLY | O_CLOEXEC);
    CHECK(file >= 0);
    CHECK(write(file, "vivid.0", 7) == 7);
    close(file);
}

/* Whatever the case before left: two cameras, as nodes 0 and 1. Other numbers they have when they
   were plugged in while the old ones were still open or mapped. */
static inline void plugged_in(void)
{
    if (access(DRIVER, F_OK) != 0)
        CHECK_EQ(system(MODULE), 0);
    if (access(DRIVER "/vivid.0", F_OK) == 0 && access(nodes[0], F_OK) == 0 && access(nodes[1], F_OK) == 0)
        return;
    if (access(DRIVER "/vivid.0", F_OK) == 0)
        plug(false);
    plug(true);
    CHECK(access(nodes[0], F_OK) == 0 && access(nodes[1], F_OK) == 0);
}

struct ids {
    char at[2][128];
};

static inline struct ids ids_of(camera_manager *manager)
{
    struct ids ids;
    uint32_t count = 0;
    camera_list *list = NULL;
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_list_get_count(list, &count));
    CHECK_EQ(count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        camera_description camera = CAMERA_DESCRIPTION_INIT;
        OK(camera_list_get(list, i, &camera));
        CHECK(strcmp(camera.path, nodes[i]) == 0);
        snprintf(ids.at[i], sizeof ids.at[i], "%s", camera.id);
    }
    OK(camera_list_release(list));
    return ids;
}

#endif
