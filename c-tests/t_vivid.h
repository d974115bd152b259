/*
 * t_vivid.h: the kernel's camera simulator (vivid), made to fail, denied and occupied. In the virtual
 * machine only.
 */
#ifndef T_VIVID_H
#define T_VIVID_H

#include "plug.h"

#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* vivid's controls, from its vivid-ctrls.c. */
enum vivid_controls {
    WRAP_SEQUENCE = 0x00f0f026,
    WRAP_TIMESTAMP,
    DROPPED_BUFFERS = 0x00f0f040,
    DISCONNECT,
    BUFFER_ERROR,
    REQBUFS_ERROR,
    QBUF_ERROR,
    STREAMON_ERROR,
    FATAL_ERROR
};

/* Sets a control of the first camera, by another handle. */
static inline void vivid_control(unsigned id, int value)
{
    struct v4l2_control control = {id, value};
    int node = open(nodes[0], O_RDWR | O_CLOEXEC);
    CHECK(node >= 0);
    CHECK(ioctl(node, VIDIOC_S_CTRL, &control) == 0);
    close(node);
}

/* Two cameras, as plugged_in() has it, without faults. */
static inline void vivid_plugged_in(void)
{
    plugged_in();
    vivid_control(DROPPED_BUFFERS, 0);
    vivid_control(WRAP_SEQUENCE, 0);
    vivid_control(WRAP_TIMESTAMP, 0);
}

/* Loads the module anew: eight cameras, or the two that the tests have. */
static inline void vivid_load(int devices)
{
    CHECK(devices == 2 || devices == 8);
    if (access(DRIVER, F_OK) == 0)
        CHECK_EQ(system("rmmod vivid"), 0);
    CHECK_EQ(system(devices == 2 ? MODULE : "modprobe vivid n_devs=8 node_types=0x1,0x1,0x1,0x1,0x1,0x1,0x1,0x1"), 0);
}

/* This process may not open the camera any more, or may again. */
static inline void vivid_deny(bool denied)
{
    CHECK(!denied || chmod(nodes[0], 0600) == 0);
    CHECK(seteuid(denied ? 65534 : 0) == 0);
}

/* Another process has the camera's buffers, or has ended. */
static inline void vivid_occupy(bool occupied)
{
    static pid_t hog;
    int ready[2];
    char byte = 0;
    if (!occupied) {
        CHECK(hog == 0 || (kill(hog, SIGKILL) == 0 && waitpid(hog, NULL, 0) == hog));
        hog = 0;
        return;
    }
    CHECK(pipe(ready) == 0);
    hog = fork();
    CHECK(hog >= 0);
    if (hog == 0) {
        struct v4l2_requestbuffers request = {.count = 2, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        int node = open(nodes[0], O_RDWR);
        if (node < 0 || ioctl(node, VIDIOC_REQBUFS, &request) != 0 || write(ready[1], &byte, 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    CHECK(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
}

#endif
