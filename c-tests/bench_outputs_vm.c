/* VM: three outputs from one camera (outputs.h): processor time of the library against GStreamer, with
 * kernel devices: vivid in YUYV, and a loopback camera in Motion-JPEG.
 *
 * The machine is emulated: vector instructions cost far more there than they do on a processor, and the more
 * of them a program uses the more it loses. The figures say how the two do in a whole chain with a driver;
 * how fast they are is told by bench_outputs. The camera gives 5 frames a second instead of 30, so that nobody
 * has to leave frames out, and a photo is still taken with every 30th.
 *
 * Usage: bench_outputs_vm
 */
#define _GNU_SOURCE
#include "outputs.h"

#include "loopback.h"

enum { FRAMES = 60, RATE = 5 };

static bool go(void *data) {
    return loopback_go(data);
}

static void compare(const char *what, const char *device, uint32_t format, const char *caps, bool written) {
    struct outputs_job job = {"v4l2", device, format, RATE, FRAMES, false, NULL, NULL};
    struct loopback camera = {device, V4L2_PIX_FMT_MJPEG, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, RATE, NULL, 0};
    struct outputs_cost cost[4];
    char source[300];
    /* With the loopback driver, which hands out buffers that it was not given, v4l2src works only by read(). */
    snprintf(source, sizeof source, "v4l2src device=%s io-mode=%s num-buffers=%d ! %s,width=%d,height=%d,framerate=%d/1", device, written ? "rw" : "mmap", FRAMES,
             caps, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, RATE);
    for (int i = 0; i < 4; i++) {
        struct loopback_writer writer = {-1, -1};
        if (written) {
            if (!loopback_start(&writer, &camera)) {
                exit(1);
            }
            job.go = go;
            job.data = &writer;
        }
        job.bare = i % 2 == 0;
        cost[i] = i < 2 ? outputs_library(&job) : outputs_gstreamer(source, &job);
        if (written) {
            loopback_end(&writer);
        }
    }
    outputs_compare(what, FRAMES, cost[0], cost[1], cost[2], cost[3]);
    fflush(stdout);
}

int main(void) {
    const char *vivid = getenv("CAMERA_TEST_DEVICE"), *loopback = getenv("CAMERA_TEST_LOOPBACK");
    if (vivid == NULL) {
        printf("  needs a kernel driver: make bench runs it in a virtual machine\n");
        return 77;
    }
    /* Also makes GStreamer look through its plug-ins, once, so that no run pays for it. */
    if (!outputs_have_gstreamer()) {
        printf("  GStreamer is missing (scripts/setup.sh bench installs it): nothing to compare with\n");
        return 0;
    }
    compare("vivid, YUYV", vivid, OUTPUTS_YUYV, "video/x-raw,format=YUY2", false);
    if (loopback == NULL) {
        printf("  no Motion-JPEG: %s\n", getenv("CAMERA_TEST_NO_LOOPBACK"));
    } else {
        compare("loopback camera, Motion-JPEG", loopback, OUTPUTS_MJPG, "image/jpeg", true);
    }
    return 0;
}
