/* VM: From opening the camera to its first frame, beside the bare V4L2 loop (bare_v4l2) with the
 * same device, format and size, in the same run.
 *
 * Usage: bench_first_frame [DEVICE]     default /dev/video0
 *
 * Both are measured in turn, ROUNDS times; medians are compared. "open" counts from opening the
 * device, "start" from giving the first buffer to the configured driver.
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS = 15, BUFFERS = 4, WIDTH = 640, HEIGHT = 480 };

struct result {
    double open_ms, start_ms;
};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct result bare(const char *device) {
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    struct v4l2_requestbuffers request = {.count = BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    struct v4l2_buffer buffer;
    struct pollfd wait = {.events = POLLIN};
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    void *memory[BUFFERS];
    size_t length[BUFFERS];
    unsigned i;
    struct result result;
    double begin = bench_seconds(CLOCK_MONOTONIC), start;

    wait.fd = open(device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    format.fmt.pix.width = WIDTH;
    format.fmt.pix.height = HEIGHT;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
    if (wait.fd < 0 || ioctl(wait.fd, VIDIOC_S_FMT, &format) != 0 || ioctl(wait.fd, VIDIOC_REQBUFS, &request) != 0) {
        fail(device);
    }
    for (i = 0; i < request.count && i < BUFFERS; i++) {
        buffer = (struct v4l2_buffer){.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        if (ioctl(wait.fd, VIDIOC_QUERYBUF, &buffer) != 0) {
            fail("VIDIOC_QUERYBUF");
        }
        length[i] = buffer.length;
        memory[i] = mmap(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, wait.fd, (off_t)buffer.m.offset);
        if (memory[i] == MAP_FAILED) {
            fail("mmap");
        }
    }
    start = bench_seconds(CLOCK_MONOTONIC);
    for (i = 0; i < request.count && i < BUFFERS; i++) {
        buffer = (struct v4l2_buffer){.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        if (ioctl(wait.fd, VIDIOC_QBUF, &buffer) != 0) {
            fail("VIDIOC_QBUF");
        }
    }
    if (ioctl(wait.fd, VIDIOC_STREAMON, &type) != 0 || poll(&wait, 1, 10000) != 1) {
        fail("VIDIOC_STREAMON");
    }
    buffer = (struct v4l2_buffer){.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (ioctl(wait.fd, VIDIOC_DQBUF, &buffer) != 0) {
        fail("VIDIOC_DQBUF");
    }
    result.open_ms = (bench_seconds(CLOCK_MONOTONIC) - begin) * 1e3;
    result.start_ms = (bench_seconds(CLOCK_MONOTONIC) - start) * 1e3;
    ioctl(wait.fd, VIDIOC_STREAMOFF, &type);
    for (i = 0; i < request.count && i < BUFFERS; i++) {
        munmap(memory[i], length[i]);
    }
    close(wait.fd);
    return result;
}

static struct result library(camera_manager *manager, const char *camera) {
    camera_profile profile = bench_profile(V4L2_PIX_FMT_YUYV, WIDTH, HEIGHT, 0);
    camera_frame *frame;
    struct result result;
    double begin = bench_seconds(CLOCK_MONOTONIC), start;
    struct bench_stream stream = bench_commit(manager, camera, profile);

    start = bench_seconds(CLOCK_MONOTONIC);
    DO(camera_session_start(stream.session));
    DO(camera_surface_acquire(stream.surface, 10000, &frame));
    result.open_ms = (bench_seconds(CLOCK_MONOTONIC) - begin) * 1e3;
    result.start_ms = (bench_seconds(CLOCK_MONOTONIC) - start) * 1e3;
    if (frame == NULL) {
        fputs("no frame\n", stderr);
        exit(1);
    }
    DO(camera_frame_release(frame));
    DO(camera_session_release(stream.session));
    DO(camera_output_release(stream.output));
    DO(camera_surface_release(stream.surface));
    DO(camera_input_release(stream.input));
    return result;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *what, double *bare_ms, double *library_ms) {
    qsort(bare_ms, ROUNDS, sizeof(double), compare);
    qsort(library_ms, ROUNDS, sizeof(double), compare);
    printf("  %-28s bare %6.1f ms, library %6.1f ms, ratio %.2f (best %.1f, %.1f)\n", what, bare_ms[ROUNDS / 2],
           library_ms[ROUNDS / 2], library_ms[ROUNDS / 2] / bare_ms[ROUNDS / 2], bare_ms[0], library_ms[0]);
}

int main(int argc, char **argv) {
    const char *device = argc > 1 ? argv[1] : "/dev/video0";
    double bare_open[ROUNDS], bare_start[ROUNDS], library_open[ROUNDS], library_start[ROUNDS];
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_manager *manager = bench_manager("v4l2");
    camera_list *list;
    uint32_t count, i;
    int round;

    DO(camera_manager_list_cameras(manager, &list));
    DO(camera_list_get_count(list, &count));
    for (i = 0; i < count && strcmp(camera.path, device) != 0; i++) {
        DO(camera_list_get(list, i, &camera));
    }
    DO(camera_list_release(list));
    if (strcmp(camera.path, device) != 0) {
        printf("%s is no camera here\n", device);
        return 77;
    }
    for (round = 0; round < ROUNDS; round++) {
        struct result r = bare(device), l = library(manager, camera.id);
        bare_open[round] = r.open_ms;
        bare_start[round] = r.start_ms;
        library_open[round] = l.open_ms;
        library_start[round] = l.start_ms;
    }
    report("open to first frame:", bare_open, library_open);
    report("start to first frame:", bare_start, library_start);
    DO(camera_manager_release(manager));
    return 0;
}
