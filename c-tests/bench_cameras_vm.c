/* VM: processor time for each frame with one and with eight devices of the kernel's simulator (vivid) streaming
 * at once, 320x180 YUYV at 10 frames a second into callbacks: what a frame costs must not grow with the number of
 * cameras. The driver draws its pictures in threads of the kernel, which are not counted.
 *
 * Usage: bench_cameras_vm
 */
#define _GNU_SOURCE
#include "bench.h"

#include <stdatomic.h>
#include <unistd.h>

enum { DEVICES = 8, RATE = 10 };

static atomic_ulong frames;

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data) {
    (void)surface;
    (void)frame;
    (void)user_data;
    atomic_fetch_add(&frames, 1);
}

/* Microseconds a frame with so many cameras. */
static double measure(uint32_t cameras) {
    camera_manager *manager = bench_manager("v4l2");
    camera_list *list = NULL;
    double cpu, seconds = 6;
    unsigned long before;
    uint32_t i;

    DO(camera_manager_list_cameras(manager, &list));
    for (i = 0; i < cameras; i++) {
        camera_description camera = CAMERA_DESCRIPTION_INIT;
        struct bench_stream s;
        DO(camera_list_get(list, i, &camera));
        s = bench_commit(manager, camera.id, bench_profile(CAMERA_FOURCC('Y', 'U', 'Y', 'V'), 320, 180, RATE));
        DO(camera_surface_set_callback(s.surface, on_frame, NULL, NULL));
        DO(camera_session_start(s.session));
        DO(camera_output_start(s.output));
    }
    DO(camera_list_release(list));
    sleep(2);
    before = atomic_load(&frames);
    cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    sleep((unsigned)seconds);
    cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    before = atomic_load(&frames) - before;
    printf("  %u device(s): %5lu frames, %6.0f us of CPU a frame\n", cameras, before, cpu / (double)before * 1e6);
    DO(camera_manager_release(manager));
    return cpu / (double)before;
}

int main(void) {
    double one, all;
    if (system("rmmod vivid 2>/dev/null; modprobe vivid n_devs=8 node_types=0x1,0x1,0x1,0x1,0x1,0x1,0x1,0x1") != 0) {
        printf("  vivid cannot be loaded with eight devices\n");
        return 1;
    }
    one = measure(1);
    all = measure(DEVICES);
    printf("  a frame of one among %d costs %.2f times as much as that of one alone\n", DEVICES, all / one);
    /* For the benchmarks that follow. */
    return system("rmmod vivid && modprobe vivid n_devs=2 node_types=0x1,0x1 multiplanar=1,2") != 0;
}
