/* The cost of one synchronous call through the C interface, in nanoseconds.
 *
 * Usage: bench_calls [CALL COUNT]     without arguments: every call, timed, median of runs.
 * With arguments it makes COUNT calls and nothing else, for callgrind: the difference between two
 * counts, divided by their difference, is instructions for one call (scripts/bench.sh does that).
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

static camera_session *session;
static camera_input *input;
static camera_frame *frame;

static void state(void) {
    int32_t value;
    DO(camera_session_get_state(session, &value));
}

/* Takes its turn in the session's queue. */
static void can_add(void) {
    bool value;
    DO(camera_session_can_add_input(session, input, &value));
}

/* Changes the session and changes it back: two calls. */
static void add_remove(void) {
    DO(camera_session_add_input(session, input));
    DO(camera_session_remove_input(session, input));
}

static void frame_info(void) {
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    DO(camera_frame_get_info(frame, &info));
}

/* Two calls. */
static void retain_release(void) {
    DO(camera_frame_retain(frame));
    DO(camera_frame_release(frame));
}

static const struct {
    const char *name;
    void (*run)(void);
    int calls;
} benchmarks[] = {
    {"camera_session_get_state", state, 1},
    {"camera_session_can_add_input", can_add, 1},
    {"camera_session_add_input+remove", add_remove, 2},
    {"camera_frame_get_info", frame_info, 1},
    {"camera_frame_retain+release", retain_release, 2},
};

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    enum { RUNS = 21, CALLS = 20000 };
    size_t i;
    camera_manager *manager = bench_manager("virtual:2");
    struct bench_stream stream = bench_commit(
        manager, "virtual:1", bench_profile(CAMERA_FOURCC('Y', 'U', 'Y', 'V'), 640, 480, 0));

    DO(camera_session_start(stream.session));
    DO(camera_surface_acquire(stream.surface, 5000, &frame));
    DO(camera_session_stop(stream.session));
    DO(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_PHOTO, &session));
    DO(camera_manager_create_input(manager, "virtual:0", &input));
    DO(camera_session_begin_config(session));

    for (i = 0; i < sizeof(benchmarks) / sizeof(benchmarks[0]); i++) {
        double runs[RUNS];
        int run, call;
        if (argc > 2) {
            if (strcmp(argv[1], benchmarks[i].name) == 0) {
                long count = atol(argv[2]) / benchmarks[i].calls;
                while (count-- > 0) {
                    benchmarks[i].run();
                }
            }
            continue;
        }
        for (run = 0; run < RUNS; run++) {
            double begin = bench_seconds(CLOCK_MONOTONIC);
            for (call = 0; call < CALLS / benchmarks[i].calls; call++) {
                benchmarks[i].run();
            }
            runs[run] = (bench_seconds(CLOCK_MONOTONIC) - begin) / CALLS * 1e9;
        }
        qsort(runs, RUNS, sizeof(runs[0]), compare);
        printf("  %-34s %6.1f ns a call (best %.1f)\n", benchmarks[i].name, runs[RUNS / 2], runs[0]);
    }
    DO(camera_frame_release(frame));
    DO(camera_manager_release(manager));
    return 0;
}
