/*
 * test_leaks.c: nothing is left behind: 100,000 sessions are made, configured, committed, released
 * and thrown away, and then the process has the open files, the threads and the memory that it had
 * near the beginning. The same for frames, photos, recorders, and whole managers in smaller numbers.
 */
#include "t_rig.h"

static camera_manager *manager;

#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
#include <malloc.h>
/* Memory in use, in KiB: what was allocated and not freed. */
static long in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return (long)((info.uordblks + info.hblkhd) / 1024);
}
/* Caches of the allocator, one for each thread, count as in use. */
#define TOLERANCE_KIB 512
#else
/* Resident memory in KiB. */
static long in_use(void)
{
    long total = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file && fscanf(file, "%ld %ld", &total, &pages) == 2);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}
/* The allocator keeps freed pages at its pleasure, and more with several threads. */
#define TOLERANCE_KIB 2048
#endif

/* What a round may leave is compared with what an early one left, when every table and pool has
   its size. Half a MiB is about 5 bytes for each of 100,000 sessions. Under
   AddressSanitizer and valgrind freed memory is kept in quarantine on purpose, and they look for
   leaks themselves. */
static bool memory_is_measured(void)
{
    return t_scale() == 1;
}

static void repeat(const char *what, long count, void (*round)(long))
{
    long warm = count / 10 + 1;
    for (long i = 0; i < warm; i++)
        round(i);
    int files = t_entries("/proc/self/fd", false);
    long before = in_use();
    int64_t begin = t_now_ms();
    for (long i = warm; i < count; i++)
        round(i);
    int64_t took = t_now_ms() - begin;
    /* What is being made for an output when it ends is finished first, and its memory goes then. */
    long after = in_use();
    for (int tries = 0; tries < 100 && after - before > TOLERANCE_KIB; tries++) {
        t_sleep_ms(20);
        after = in_use();
    }
    CHECK_EQ(t_entries("/proc/self/fd", false), files);
    printf("  %ld %s: %.1f us each; %ld KiB in use before, %ld after, %d files\n", count, what,
           (double)took * 1000 / (double)(count - warm > 0 ? count - warm : 1), before, after, files);
    if (memory_is_measured() && after - before > TOLERANCE_KIB)
        FAIL("%s: memory grew by %ld KiB", what, after - before);
}

/* --- sessions ------------------------------------------------------------------------------- */

static camera_surface *surface;

static void one_session(long number)
{
    camera_session *session = NULL;
    camera_input *input = t_input(manager, (int)(number % 4), true);
    camera_output *output = t_preview(manager, T_GREY, 320, 180, surface);
    OK(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_PHOTO, &session));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, output));
    OK(camera_session_commit_config(session));
    OK(camera_session_release(session));
    CHECK_CODE(camera_session_begin_config(session), 201);
    OK(camera_output_release(output));
    OK(camera_input_release(input));
}

static void sessions_leave_nothing(void)
{
    manager = t_manager();
    surface = t_surface(manager, 0, 0, 0);
    repeat("sessions", t_scaled(100000), one_session);
    OK(camera_manager_release(manager));
}

/* The same with nothing awaited: handles are thrown away while operations are under way. */
static struct t_results *asynchronous;

static void one_session_async(long number)
{
    static const struct t_results empty = T_RESULTS_INIT;
    *asynchronous = empty;
    camera_session *session = t_session(manager);
    camera_input *input = t_input(manager, (int)(number % 4), true);
    camera_output *output = t_preview(manager, T_GREY, 320, 180, surface);
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, output));
    ACCEPT(camera_session_commit_config_async(session, t_completion, t_ticket(asynchronous, 0)));
    ACCEPT(camera_session_release_async(session, t_completion, t_ticket(asynchronous, 1)));
    ACCEPT(camera_session_stop_async(session, t_completion, t_ticket(asynchronous, 2)));
    ACCEPT(camera_output_release_async(output, t_completion, t_ticket(asynchronous, 3)));
    ACCEPT(camera_input_close_async(input, t_completion, t_ticket(asynchronous, 4)));
    OK(camera_input_release(input));
    WAIT_UNTIL(t_result_count(asynchronous) == 5);
}

static void sessions_thrown_away_leave_nothing(void)
{
    static struct t_results memory;
    asynchronous = &memory;
    manager = t_manager();
    surface = t_surface(manager, 0, 0, 0);
    repeat("sessions, nothing awaited", t_scaled(5000), one_session_async);
    OK(camera_manager_release(manager));
}

/* --- the rest ------------------------------------------------------------------------------- */

static void one_run(long number)
{
    (void)number;
    camera_photo *photo = NULL;
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    OK(camera_session_start(rig.session));
    camera_frame *frame = t_frame(rig.view);
    OK(camera_output_take_photo(rig.photo, NULL, -1, &photo));
    OK(camera_session_begin_config(rig.session));
    OK(camera_photo_release(photo));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    t_rig_release(&rig);
    OK(camera_frame_release(frame));
}

static void runs_leave_nothing(void)
{
    manager = t_manager();
    repeat("runs with a frame and a photo", t_scaled(300), one_run);
    OK(camera_manager_release(manager));
}

static int ended;

static void ignore_event(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    (void)recorder, (void)event, (void)user_data;
}
static void count_end(void *user_data)
{
    (void)user_data;
    __atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
}

/* Made, perhaps started, given to an output, and released in either form, awaited or not. */
static void one_recorder(long number)
{
    static const struct t_results empty = T_RESULTS_INIT;
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    camera_recorder *recorder = NULL;
    camera_surface *own = NULL;
    uint64_t listener;
    options.path = "/dev/null";
    OK(camera_manager_create_recorder(manager, &options, &recorder));
    OK(camera_recorder_add_listener(recorder, ignore_event, NULL, count_end, &listener));
    OK(camera_recorder_get_surface(recorder, &own));
    OK(camera_output_release(t_video(manager, T_YUYV, 320, 240, 30, 30, own)));
    *asynchronous = empty;
    if (number % 2)
        ACCEPT(camera_recorder_start_async(recorder, t_completion, t_ticket(asynchronous, 0)));
    if (number % 4 < 2)
        OK(camera_recorder_release(recorder));
    else
        ACCEPT(camera_recorder_release_async(recorder, t_completion, t_ticket(asynchronous, 1)));
    WAIT_UNTIL(t_result_count(asynchronous) == asynchronous->tickets);
    WAIT_UNTIL(__atomic_load_n(&ended, __ATOMIC_SEQ_CST) == number + 1);
}

static void recorders_leave_nothing(void)
{
    static struct t_results memory;
    asynchronous = &memory;
    manager = t_manager();
    repeat("recorders", t_scaled(5000), one_recorder);
    OK(camera_manager_release(manager));
}

static void one_manager(long number)
{
    camera_list *list = NULL;
    manager = t_manager_of("virtual:8", number % 2 ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
    OK(camera_manager_list_cameras(manager, &list));
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    camera_frame *frame = t_frame(rig.view);
    OK(camera_frame_release(frame));
    OK(camera_manager_release(manager)); /* with everything in it */
}

static void managers_leave_nothing(void)
{
    repeat("managers", t_scaled(500), one_manager);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(sessions_leave_nothing),
        CASE(sessions_thrown_away_leave_nothing),
        CASE(runs_leave_nothing),
        CASE(recorders_leave_nothing),
        CASE(managers_leave_nothing),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
