/* VM: three outputs from one camera (outputs.h): processor time of the library against GStreamer, with
 * kernel devices: vivid in YUYV, and Motion-JPEG, for the library from a loopback camera. GStreamer's v4l2src
 * fails on that driver as soon as frames are held ("Failed to allocate a buffer"), so GStreamer gets the same
 * picture from a file, at the same pace; each source alone is measured and subtracted.
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

/* GStreamer's Motion-JPEG: the same picture again and again, from a file. Empty: ffmpeg, which puts it
 * there, is missing. */
static const char *write_avi(const struct loopback *camera) {
    static const char jpeg[] = "/tmp/camera-bench.jpg", avi[] = "/tmp/camera-bench.avi";
    struct loopback_picture picture = loopback_make(camera, 0);
    FILE *file = fopen(jpeg, "wb");
    char command[300];
    if (file == NULL || fwrite(picture.bytes, 1, picture.length, file) != picture.length || fclose(file) != 0) {
        perror(jpeg);
        exit(1);
    }
    tjFree(picture.bytes);
    snprintf(command, sizeof command,
             "ffmpeg -nostdin -loglevel error -y -f image2 -framerate %d -loop 1 -i %s -frames:v %d -c copy %s", RATE, jpeg,
             FRAMES, avi);
    return system(command) == 0 ? avi : "";
}

static void compare(const char *what, const char *device, bool jpeg) {
    struct outputs_job job = {"v4l2", device, jpeg ? OUTPUTS_MJPG : OUTPUTS_YUYV, RATE, FRAMES, false, NULL, NULL};
    struct loopback camera = {device, V4L2_PIX_FMT_MJPEG, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, RATE, NULL, 0};
    struct loopback_writer writer = {-1, -1};
    struct outputs_cost least[4];
    char source[400];
    memset(least, 0, sizeof least);
    if (jpeg) {
        snprintf(source, sizeof source, "filesrc location=%s ! avidemux ! image/jpeg ! clocksync", write_avi(&camera));
    } else {
        snprintf(source, sizeof source,
                 "v4l2src device=%s num-buffers=%d ! video/x-raw,format=YUY2,width=%d,height=%d,framerate=%d/1", device, FRAMES,
                 OUTPUTS_WIDTH, OUTPUTS_HEIGHT, RATE);
    }
    for (int i = 0; i < 4; i++) {
        bool written = jpeg && i < 2;
        job.bare = i % 2 == 0;
        job.go = written ? go : NULL;
        job.data = &writer;
        if (written && !loopback_start(&writer, &camera)) {
            exit(1);
        }
        outputs_least(&least[i], i < 2 ? outputs_library(&job) : outputs_gstreamer(source, &job));
        if (written) {
            loopback_end(&writer);
        }
    }
    outputs_compare(what, FRAMES, least[0], least[1], least[2], least[3]);
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
    compare("vivid, YUYV", vivid, false);
    if (loopback == NULL) {
        printf("  no Motion-JPEG: %s\n", getenv("CAMERA_TEST_NO_LOOPBACK"));
    } else {
        compare("Motion-JPEG", loopback, true);
    }
    return 0;
}
