/*
 * 100,000 sessions, created, configured with an input and an output, committed, released and thrown
 * away: memory and open files are back where they began.
 *
 * Memory is the process's resident set. It is compared after a tenth of the rounds and at the end:
 * by then every table and cache has the size that it needs, and what still grows is a leak. 256 KiB
 * are let pass, for the allocator's own arenas: under 3 bytes for each session.
 */
#include "t_rig.h"

static long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL);
    CHECK(fscanf(file, "%ld %ld", &pages, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void round_of(camera_manager *manager, bool committed)
{
    camera_input *input = t_input(manager, 0, true);
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_output *preview = t_preview(manager, T_YUYV, 320, 180, surface);
    camera_session *session = t_session(manager);
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    if (committed)
        OK(camera_session_commit_config(session));
    OK(camera_session_release(session));
    CHECK_CODE(camera_session_begin_config(session), 201);
    OK(camera_output_release(preview));
    OK(camera_surface_release(surface));
    OK(camera_input_release(input));
}

static void sessions_leave_nothing(void)
{
    const long rounds = t_scaled(100000), warm = rounds / 10 + 1;
    camera_manager *manager = t_manager();
    int files = 0;
    long memory = 0;
    int64_t begin = t_now_ms();
    for (long i = 0; i < rounds; i++) {
        if (i == warm) {
            files = t_entries("/proc/self/fd", false);
            memory = resident_kib();
        }
        round_of(manager, true);
    }
    long grown = resident_kib() - memory;
    int64_t took = t_now_ms() - begin;
    printf("%ld sessions, %.1f us each; memory grew by %ld KiB, open files by %d\n", rounds,
           (double)took * 1e3 / (double)rounds, grown, t_entries("/proc/self/fd", false) - files);
    CHECK_EQ(t_entries("/proc/self/fd", false), files);
    CHECK(grown < 256);
    OK(camera_manager_release(manager));
}

static void managers_leave_nothing(void)
{
    const long rounds = t_scaled(1000);
    int files = t_entries("/proc/self/fd", false);
    long memory = 0;
    for (long i = 0; i < rounds; i++) {
        if (i == rounds / 2)
            memory = resident_kib();
        camera_manager *manager = t_manager();
        round_of(manager, false);
        OK(camera_manager_release(manager));
    }
    long grown = resident_kib() - memory;
    printf("%ld managers; memory grew by %ld KiB in the second half\n", rounds, grown);
    CHECK_EQ(t_entries("/proc/self/fd", false), files);
    CHECK(grown < 512);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(sessions_leave_nothing),
        CASE(managers_leave_nothing),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
