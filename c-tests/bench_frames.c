/* The cost of delivering frames of virtual cameras: CPU and allocations for each frame, and the
 * library's threads, with 1, 8 and 64 cameras of 640x480 YUYV at 60 frames per second.
 *
 * Usage: bench_frames [CAMERAS FRAMES]
 * With arguments it delivers that many frames into surfaces and ends, for callgrind: the
 * difference between two runs is instructions for one frame (scripts/bench.sh does that).
 *
 * The CPU time is that of the whole process, kernel included. With one camera nearly all of it is
 * going to sleep and waking up, which a bare loop over a timer costs too: that is measured beside
 * it. With many cameras the reactor hardly sleeps, and what is left is the frame's own cost.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

static atomic_ulong allocations;
static atomic_ulong frames;

/* The library's allocations too go through these. */
void *malloc(size_t size) {
    static void *(*next)(size_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "malloc");
    }
    atomic_fetch_add(&allocations, 1);
    return next(size);
}

void *realloc(void *memory, size_t size) {
    static void *(*next)(void *, size_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "realloc");
    }
    atomic_fetch_add(&allocations, 1);
    return next(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    static int (*next)(void **, size_t, size_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "posix_memalign");
    }
    atomic_fetch_add(&allocations, 1);
    return next(memory, alignment, size);
}

static int threads(void) {
    int count = 0;
    struct dirent *entry;
    DIR *folder = opendir("/proc/self/task");
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        count += entry->d_name[0] != '.';
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return count;
}

static void pause_for(double seconds) {
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data) {
    (void)surface;
    (void)frame;
    (void)user_data;
    atomic_fetch_add(&frames, 1);
}

/* A loop that does nothing but wake up 60 times a second. */
static double bare_loop(double seconds) {
    struct epoll_event event = {EPOLLIN, {0}};
    struct itimerspec period = {{0, 16666667}, {0, 16666667}};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0), set = epoll_create1(0);
    double begin = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), end = bench_seconds(CLOCK_MONOTONIC) + seconds;
    int count = 0;
    uint64_t ticks;

    timerfd_settime(timer, 0, &period, NULL);
    epoll_ctl(set, EPOLL_CTL_ADD, timer, &event);
    while (bench_seconds(CLOCK_MONOTONIC) < end) {
        if (epoll_wait(set, &event, 1, -1) == 1 && read(timer, &ticks, sizeof(ticks)) == sizeof(ticks)) {
            count++;
        }
    }
    close(timer);
    close(set);
    return (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin) / count * 1e6;
}

static uint64_t arrived(const struct bench_stream *streams, int cameras) {
    uint64_t sum = 0;
    int i;
    for (i = 0; i < cameras; i++) {
        camera_surface_statistics statistics = CAMERA_SURFACE_STATISTICS_INIT;
        DO(camera_surface_get_statistics(streams[i].surface, &statistics));
        sum += statistics.arrived;
    }
    return sum;
}

/* Until so many frames have arrived, or for so many seconds when that is 0. Answers with the CPU time of a
 * frame. */
static double measure(int cameras, bool callbacks, double seconds, uint64_t until) {
    struct bench_stream *streams = calloc((size_t)cameras, sizeof(*streams));
    char source[32], camera[32];
    unsigned long allocated;
    uint64_t before;
    double cpu;
    int i, running;
    camera_manager *manager;

    snprintf(source, sizeof(source), "virtual:%d", cameras);
    manager = bench_manager(source);
    for (i = 0; i < cameras; i++) {
        snprintf(camera, sizeof(camera), "virtual:%d", i);
        streams[i] = bench_commit(manager, camera, bench_profile(CAMERA_FOURCC('Y', 'U', 'Y', 'V'), 640, 480, 60));
        if (callbacks) {
            DO(camera_surface_set_callback(streams[i].surface, on_frame, NULL, NULL));
        }
        DO(camera_session_start(streams[i].session));
        DO(camera_output_start(streams[i].output));
    }
    if (until > 0) {
        while (arrived(streams, cameras) < until) {
            pause_for(0.005);
        }
        DO(camera_manager_release(manager));
        free(streams);
        return 0;
    }
    /* Long enough for queues to have grown and for threads that are not needed to have ended. */
    pause_for(1.5);
    running = threads() - 1;
    before = arrived(streams, cameras);
    allocated = atomic_load(&allocations);
    cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    pause_for(seconds);
    cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    before = arrived(streams, cameras) - before;
    allocated = atomic_load(&allocations) - allocated;
    printf("  %2d camera(s) into %s: %6lu frames, %5.1f us of CPU a frame, %lu allocations, %d threads of the library\n",
           cameras, callbacks ? "callbacks" : "surfaces ", (unsigned long)before, cpu / (double)before * 1e6, allocated,
           running);
    DO(camera_manager_release(manager));
    free(streams);
    return cpu / (double)before;
}

int main(int argc, char **argv) {
    static const int cameras[] = {1, 8, 64};
    double one = 0, each;
    int i;

    if (argc > 2) {
        measure(atoi(argv[1]), false, 0, (uint64_t)atol(argv[2]));
        return 0;
    }
    printf("  a bare loop over a timer, without a library: %5.1f us of CPU each time\n", bare_loop(2.0));
    for (i = 0; i < 6; i++) {
        each = measure(cameras[i % 3], i >= 3, 3.0, 0);
        if (i % 3 == 0) {
            one = each;
        } else {
            printf("    %.2f times that of one camera\n", each / one);
        }
    }
    return 0;
}
