/*
 * test_trace.c: session recordings: what a faulty camera did to an application, its recording does
 * to it again: the same frames with their numbers, times and bytes, the same losses, the same codes
 * and details. And files of several formats, runs and configurations, disks that are full, files that
 * were cut off, and wrong arguments.
 */
#include "t_recorder.h"

#define MJPG CAMERA_FOURCC('M', 'J', 'P', 'G')
enum { MOST = 400 };

/* --- what an application sees --------------------------------------------------------------------- */

struct frame {
    uint64_t sequence, bytes; /* a hash of them */
    int64_t time;
    uint32_t flags;
};

struct seen {
    pthread_mutex_t lock;
    size_t count;
    struct frame at[MOST];
    int errors;
    int32_t code;
    char detail[300];
    camera_output_statistics counts;
};

#define T_LOCKED(seen, statement)              \
    do {                                       \
        pthread_mutex_lock(&(seen)->lock);     \
        statement;                             \
        pthread_mutex_unlock(&(seen)->lock);   \
    } while (0)

/* FNV-1a. */
static uint64_t hash(const unsigned char *bytes, size_t length)
{
    uint64_t value = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        value = (value ^ bytes[i]) * 0x100000001b3u;
    return value;
}

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    struct seen *seen = user_data;
    camera_frame_info info = t_info(frame);
    camera_plane plane = CAMERA_PLANE_INIT;
    (void)surface;
    OK(camera_frame_get_plane(frame, 0, &plane));
    uint32_t flags = info.flags & ~(uint32_t)CAMERA_FRAME_COPIED;
    struct frame noted = {info.sequence, hash(plane.data, plane.length), info.timestamp_ns, flags};
    OK(camera_frame_release(frame));
    T_LOCKED(seen, if (seen->count < MOST) seen->at[seen->count++] = noted);
}

static void on_error(int32_t code, const char *detail, void *user_data)
{
    struct seen *seen = user_data;
    T_LOCKED(seen, (seen->errors++, seen->code = code, snprintf(seen->detail, sizeof seen->detail, "%s", detail)));
}

static size_t frames_of(struct seen *seen)
{
    size_t count;
    T_LOCKED(seen, count = seen->count);
    return count;
}

static int errors_of(struct seen *seen)
{
    int count;
    T_LOCKED(seen, count = seen->errors);
    return count;
}

/* --- an application ------------------------------------------------------------------------------- */

struct app {
    camera_manager *manager;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview;
    camera_session *session;
};

static void configure(struct app *app, uint32_t format, uint32_t width, uint32_t height)
{
    if (app->preview) {
        OK(camera_session_remove_output(app->session, app->preview));
        OK(camera_output_release(app->preview));
    }
    app->preview = t_preview(app->manager, format, width, height, app->surface);
    OK(camera_session_add_output(app->session, app->preview));
    OK(camera_session_commit_config(app->session));
}

static struct app open_app(const char *cameras, struct seen *seen, uint32_t format, int32_t silence_ms)
{
    struct app app = {t_manager_of(cameras, CAMERA_DISPATCH_LIBRARY), NULL, NULL, NULL, NULL};
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    camera_list *list = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    uint64_t listener;
    OK(camera_manager_list_cameras(app.manager, &list));
    OK(camera_list_get(list, 0, &camera));
    OK(camera_list_release(list));
    /* A recording has the camera's own name. */
    CHECK(strcmp(camera.name, "Virtual camera 0") == 0);
    OK(camera_manager_create_input(app.manager, camera.id, &app.input));
    OK(camera_input_open(app.input));
    app.surface = t_surface(app.manager, 8, CAMERA_SURFACE_POLICY_DROP_OLDEST, 2);
    OK(camera_surface_set_callback(app.surface, on_frame, seen, NULL));
    app.session = t_session(app.manager);
    options.silence_ms = silence_ms;
    OK(camera_session_set_options(app.session, &options));
    OK(camera_session_add_error_listener(app.session, on_error, seen, NULL, &listener));
    OK(camera_session_begin_config(app.session));
    OK(camera_session_add_input(app.session, app.input));
    configure(&app, format, 320, 240);
    return app;
}

static camera_trace_statistics trace_of(camera_session *session)
{
    camera_trace_statistics statistics = CAMERA_TRACE_STATISTICS_INIT;
    OK(camera_session_get_trace_statistics(session, &statistics));
    return statistics;
}

static const char *replay_of(const char *path)
{
    static char list[500];
    snprintf(list, sizeof list, "replay:%s", path);
    return list;
}

/* Runs until so many frames have come, or the session has failed. */
static void run(struct app *app, struct seen *seen, size_t frames)
{
    OK(camera_session_start(app->session));
    WAIT_UNTIL(frames_of(seen) >= frames || errors_of(seen) > 0);
    t_sleep_ms(errors_of(seen) ? 50 : 0);
    OK(camera_surface_set_callback(app->surface, NULL, NULL, NULL));
    seen->counts = (camera_output_statistics)CAMERA_OUTPUT_STATISTICS_INIT;
    OK(camera_output_get_statistics(app->preview, &seen->counts));
    CHECK_CODE(camera_session_stop(app->session), errors_of(seen) ? 201 : 0);
}

/* The recording shows what was seen then; if pictures were left out of it, all but those. */
static void compare(const char *name, const struct seen *then, const struct seen *now, size_t frames, uint64_t left_out)
{
    size_t n = 0;
    int64_t between = 0;
    uint64_t shift = 0;
    for (size_t i = 0; i < now->count && n < frames; i++, n++) {
        const struct frame *a = &then->at[n], *b = &now->at[i];
        while (left_out > 0 && n + 1 < then->count && a->bytes != b->bytes)
            a = &then->at[++n];
        /* How long after the others a run begins is the application's doing, or the watchdog's, whose gap in
           the numbers is as long. */
        if (i == 0 || b->sequence <= now->at[i - 1].sequence || b->flags & CAMERA_FRAME_RESUMED)
            between = a->time - b->time;
        if (b->flags & CAMERA_FRAME_RESUMED)
            shift = a->sequence - b->sequence;
        EXPECT(a->sequence == b->sequence + shift && a->flags == b->flags && a->bytes == b->bytes,
               "%s: frame %d is number %d, and was %d", name, (int)i, (int)b->sequence, (int)a->sequence);
        EXPECT(a->time - b->time == between, "%s: frame %d is %d ns off", name, (int)i, (int)(a->time - b->time - between));
    }
    EXPECT(n + left_out >= frames, "%s: %d frames of %d", name, (int)n, (int)frames);
    CHECK_EQ(now->errors, then->errors);
    CHECK_EQ(now->code, then->code);
    /* The list of cameras may have told of the loss before the stream did, each in its own words. */
    EXPECT(strcmp(now->detail, then->detail) == 0 || strstr(now->detail, " has it: ") != NULL, "%s: told was %s, and then %s", name, then->detail, now->detail);
}

/* --- faults --------------------------------------------------------------------------------------- */

static const struct {
    const char *camera;
    uint32_t format;
    size_t frames; /* or the end */
    int32_t silence_ms, code;
    bool exact; /* losses and damage are the same as well */
} faults[] = {
    {"virtual", T_YUYV, 20, 0, 0, false},
    {"virtual", T_NV12, 20, 0, 0, false},
    {"virtual", MJPG, 20, 0, 0, false},
    {"virtual+drop=5+corrupt=7+wrap=12+fail@25f", T_YUYV, MOST, 0, 7400201, true},
    {"virtual+corrupt@0f+drop=40%+corrupt=20%+unplug@25f", MJPG, MOST, 0, 7400108, true},
    {"virtual+jump@5f=1s+jump@10f=-2s+unplug@20f", T_NV12, MOST, 0, 7400108, true},
    {"virtual+eio@10f+eio@15f+eio@16f", T_YUYV, MOST, 0, 7400201, true},
    {"virtual+unplug@0f", T_YUYV, MOST, 0, 7400108, true},
    {"virtual+silent@6f", T_YUYV, 14, 100, 0, false},
    {"virtual+silent@0f", T_YUYV, MOST, 60, 7400201, false},
};

static void what_a_faulty_camera_did_it_does_again(void)
{
    for (size_t i = 0; i < T_COUNT(faults); i++) {
        static struct seen then, now, again;
        then = now = again = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
        const char *path = t_path("a.mkv");
        struct app app = open_app(faults[i].camera, &then, faults[i].format, faults[i].silence_ms);
        OK(camera_session_start_trace(app.session, path));
        run(&app, &then, faults[i].frames);
        CHECK_EQ(then.code, faults[i].code);
        OK(camera_session_stop_trace(app.session));
        camera_trace_statistics trace = trace_of(app.session);
        CHECK(trace.running == 0 && trace.code == 0 && trace.files == 1 && trace.events_lost == 0);
        OK(camera_manager_release(app.manager));

        app = open_app(replay_of(path), &now, faults[i].format, faults[i].silence_ms);
        run(&app, &now, then.count < faults[i].frames ? faults[i].frames : then.count);
        size_t frames = faults[i].code ? then.count : faults[i].frames;
        compare(faults[i].camera, &then, &now, frames, trace.frames_left_out);
        if (faults[i].exact && trace.frames_left_out == 0)
            CHECK(now.counts.lost == then.counts.lost && now.counts.corrupt == then.counts.corrupt);
        if (faults[i].code == 7400108) {
            /* Gone for good, as it was. */
            CHECK_CODE(camera_session_start(app.session), 108);
            OK(camera_manager_release(app.manager));
            app = open_app(replay_of(path), &again, faults[i].format, 0);
            run(&app, &again, MOST);
            compare(faults[i].camera, &now, &again, now.count, 0);
        }
        OK(camera_manager_release(app.manager));
        printf("%-56s %3d frames, %d left out, %7d bytes, code %d: %.60s\n", faults[i].camera, (int)trace.frames,
               (int)trace.frames_left_out, (int)trace.bytes, (int)then.code, then.detail);
        t_folder_remove();
    }
}

/* An application that waits for its camera, and opens it anew. */

struct status {
    int gone, back;
};

static void on_status(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    struct status *status = user_data;
    (void)manager;
    if (event->status == CAMERA_STATUS_DISAPPEAR)
        __atomic_add_fetch(&status->gone, 1, __ATOMIC_SEQ_CST);
    if (event->status == CAMERA_STATUS_APPEAR)
        __atomic_add_fetch(&status->back, 1, __ATOMIC_SEQ_CST);
}

static void lose_and_find_again(struct app *app, const char *id, struct seen *before, struct seen *after, const char *trace)
{
    struct status status = {0, 0};
    uint64_t listener;
    OK(camera_manager_add_listener(app->manager, on_status, &status, NULL, &listener));
    WAIT_UNTIL(__atomic_load_n(&status.back, __ATOMIC_SEQ_CST) == 1);
    if (trace)
        OK(camera_session_start_trace(app->session, trace));
    run(app, before, MOST);
    WAIT_UNTIL(__atomic_load_n(&status.gone, __ATOMIC_SEQ_CST) == 1);
    CHECK_CODE(camera_session_start(app->session), 108);
    WAIT_UNTIL(__atomic_load_n(&status.back, __ATOMIC_SEQ_CST) == 2);
    OK(camera_session_begin_config(app->session));
    OK(camera_session_remove_input(app->session, app->input));
    OK(camera_input_release(app->input));
    OK(camera_manager_create_input(app->manager, id, &app->input));
    OK(camera_input_open(app->input));
    OK(camera_session_add_input(app->session, app->input));
    OK(camera_session_commit_config(app->session));
    OK(camera_surface_set_callback(app->surface, on_frame, after, NULL));
    before->errors = after->errors = 0;
    run(app, after, 5);
    OK(camera_manager_release(app->manager));
}

static void a_camera_that_came_back_comes_back(void)
{
    static struct seen then[2], now[2];
    for (int i = 0; i < 2; i++)
        then[i] = now[i] = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
    struct app app = open_app("virtual+unplug@8f+return@700ms", &then[0], T_YUYV, 0);
    lose_and_find_again(&app, "virtual:0", &then[0], &then[1], t_path("a.mkv"));
    app = open_app(replay_of(t_path("a.mkv")), &now[0], T_YUYV, 0);
    lose_and_find_again(&app, "replay:0", &now[0], &now[1], NULL);
    compare("before", &then[0], &now[0], then[0].count < now[0].count ? then[0].count : now[0].count, 8);
    CHECK_EQ(now[0].code, 7400108);
    compare("after", &then[1], &now[1], 5, 3);
    t_folder_remove();
}

/* --- runs, configurations, the ends of a trace ------------------------------------------------------ */

static void runs_are_played_one_after_the_other_and_files_have_one_configuration(void)
{
    static struct seen then[4], now;
    struct app app = open_app("virtual", &then[0], T_YUYV, 0);
    OK(camera_session_start_trace(app.session, t_path("a.mkv")));
    for (size_t i = 0; i < T_COUNT(then); i++) {
        then[i] = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
        if (i >= 2) {
            OK(camera_session_begin_config(app.session));
            /* A larger picture, and back again. */
            configure(&app, T_YUYV, i == 2 ? 640 : 320, i == 2 ? 480 : 240);
        }
        OK(camera_surface_set_callback(app.surface, on_frame, &then[i], NULL));
        run(&app, &then[i], 5 + i);
    }
    CHECK_EQ(trace_of(app.session).running, 1);
    camera_trace_statistics trace = trace_of(app.session);
    /* Finishes the file. */
    OK(camera_session_release(app.session));
    OK(camera_manager_release(app.manager));
    /* The first file has the first two runs, and again the first behind them. */
    now = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
    app = open_app(replay_of(t_path("a.mkv")), &now, T_YUYV, 0);
    for (int i = 0; i < 3; i++) {
        now = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
        OK(camera_surface_set_callback(app.surface, on_frame, &now, NULL));
        run(&app, &now, then[i % 2].count);
        compare("runs", &then[i % 2], &now, 5 + (size_t)i % 2, trace.frames_left_out);
    }
    OK(camera_manager_release(app.manager));
    now = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
    app = open_app(replay_of(t_path("a-3.mkv")), &now, T_YUYV, 0);
    run(&app, &now, then[3].count);
    compare("a-3.mkv", &then[3], &now, 8, trace.frames_left_out);
    OK(camera_manager_release(app.manager));
    CHECK(access(t_path("a-2.mkv"), F_OK) == 0 && access(t_path("a-4.mkv"), F_OK) != 0);
    t_folder_remove();
}

/* Whenever it begins and ends; twice in one session; and what is refused. */
static void a_trace_is_started_and_stopped_in_any_state(void)
{
    camera_trace_statistics trace;
    camera_manager *manager = t_manager();
    for (int state = INIT; state <= STARTED; state++) {
        if (state == RELEASED)
            continue;
        struct t_rig rig = t_rig_in(manager, 0, state);
        trace = trace_of(rig.session);
        CHECK(trace.running == 0 && trace.bytes == 0 && trace.files == 0);
        CHECK_CODE(camera_session_stop_trace(rig.session), 102);
        CHECK_CODE(camera_session_start_trace(rig.session, NULL), 101);
        CHECK_CODE(camera_session_start_trace(rig.session, ""), 101);
        CHECK_CODE(camera_session_start_trace(rig.session, "/nonexistent/a"), 101);
        CHECK(strstr(camera_error_detail(), "/nonexistent/a") != NULL);
        CHECK_CODE(camera_session_start_trace(rig.session, t_folder()), 101);
        for (int round = 0; round < 2; round++) {
            OK(camera_session_start_trace(rig.session, t_path("b.mkv")));
            CHECK_CODE(camera_session_start_trace(rig.session, t_path("c.mkv")), 102);
            if (state == STARTED)
                WAIT_UNTIL(trace_of(rig.session).frames > 2);
            OK(camera_session_stop_trace(rig.session));
            trace = trace_of(rig.session);
            struct stat file;
            CHECK_EQ(stat(t_path("b.mkv"), &file), 0);
            CHECK(trace.bytes == (uint64_t)file.st_size && (trace.frames > 2) == (state == STARTED));
        }
        OK(camera_session_release(rig.session));
        CHECK_CODE(camera_session_start_trace(rig.session, t_path("b.mkv")), 201);
        CHECK_CODE(camera_session_stop_trace(rig.session), 201);
    }
    OK(camera_manager_release(manager));
    CHECK(access(t_path("c.mkv"), F_OK) != 0);
    t_folder_remove();
}

static void a_full_disk_ends_the_trace_and_not_the_camera(void)
{
    static struct seen seen = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct app app = open_app("virtual", &seen, T_YUYV, 0);
    OK(camera_session_start_trace(app.session, "/dev/full"));
    OK(camera_session_start(app.session));
    WAIT_UNTIL(trace_of(app.session).code == 7400201);
    CHECK(trace_of(app.session).running == 0 && trace_of(app.session).frames == 0);
    size_t frames = frames_of(&seen);
    WAIT_UNTIL(frames_of(&seen) > frames + 5);
    CHECK_CODE(camera_session_stop_trace(app.session), 201);
    EXPECT(strstr(camera_error_detail(), "disk is full"), "%s", camera_error_detail());
    CHECK_CODE(camera_session_stop_trace(app.session), 102);
    CHECK_EQ(trace_of(app.session).code, 7400201);
    /* And another may be started. */
    OK(camera_session_start_trace(app.session, t_path("a.mkv")));
    WAIT_UNTIL(trace_of(app.session).frames > 1);
    OK(camera_manager_release(app.manager));
    CHECK_EQ(seen.errors, 0);
    t_folder_remove();
}

static void a_trace_that_was_cut_off_plays_up_to_there(void)
{
    static struct seen then, now;
    struct stat file;
    then = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
    struct app app = open_app("virtual", &then, T_YUYV, 0);
    OK(camera_session_start_trace(app.session, t_path("a.mkv")));
    run(&app, &then, 20);
    uint64_t left_out = trace_of(app.session).frames_left_out;
    OK(camera_manager_release(app.manager));
    CHECK_EQ(stat(t_path("a.mkv"), &file), 0);
    CHECK_EQ(truncate(t_path("a.mkv"), file.st_size * 2 / 3), 0);
    now = (struct seen){.lock = PTHREAD_MUTEX_INITIALIZER};
    app = open_app(replay_of(t_path("a.mkv")), &now, T_YUYV, 0);
    run(&app, &now, MOST);
    CHECK(now.count > 8 && now.count < 18 && now.code == 7400108 && strstr(now.detail, "recording ends here"));
    now.errors = now.code = 0;
    now.detail[0] = '\0';
    compare("cut off", &then, &now, now.count, left_out);
    OK(camera_manager_release(app.manager));
    t_folder_remove();
}

/* --- what it costs --------------------------------------------------------------------------------- */

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Nothing is lost or copied because of a trace, and no memory grows with it. */
static void a_trace_costs_the_outputs_nothing(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    double cost[2];
    for (int on = 0; on < 2; on++) {
        if (on)
            OK(camera_session_start_trace(rig.session, t_path("a.mkv")));
        uint64_t arrived = t_statistics(rig.view).arrived;
        double before = cpu_ms();
        WAIT_UNTIL(t_statistics(rig.view).arrived >= arrived + 60);
        cost[on] = (cpu_ms() - before) / 60;
    }
    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    OK(camera_output_get_statistics(rig.preview, &counts));
    camera_trace_statistics trace = trace_of(rig.session);
    printf("per frame of 320x240: %.3f ms of CPU without a trace, %.3f ms with; %d frames, %d left out\n", cost[0], cost[1],
           (int)trace.frames, (int)trace.frames_left_out);
    CHECK_EQ(counts.corrupt, 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    t_folder_remove();
}

/* Without a start nothing is written, and nothing is lost either. */
static void a_trace_bears_a_thousand_configurations(void)
{
    static struct seen seen = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct app app = open_app("virtual", &seen, T_YUYV, 0);
    OK(camera_session_start_trace(app.session, t_path("a.mkv")));
    for (int i = 0; i < 1100; i++) {
        OK(camera_session_begin_config(app.session));
        OK(camera_session_commit_config(app.session));
    }
    run(&app, &seen, 10);
    OK(camera_session_stop_trace(app.session));
    camera_trace_statistics trace = trace_of(app.session);
    CHECK(trace.events_lost == 0 && trace.frames + trace.frames_left_out >= 10);
    OK(camera_manager_release(app.manager));
    t_folder_remove();
}

/* Neither by the program that wrote it, played with its own recording, nor by another session. */
static void a_recording_that_is_played_is_not_overwritten(void)
{
    static struct seen then = {.lock = PTHREAD_MUTEX_INITIALIZER}, now = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const char *path = t_path("a.mkv");
    struct app app = open_app("virtual", &then, MJPG, 0);
    OK(camera_session_start_trace(app.session, path));
    camera_session *other = t_session(app.manager);
    CHECK_CODE(camera_session_start_trace(other, path), 102);
    run(&app, &then, 10);
    OK(camera_session_stop_trace(app.session));
    OK(camera_manager_release(app.manager));
    app = open_app(replay_of(path), &now, MJPG, 0);
    CHECK_CODE(camera_session_start_trace(app.session, path), 102);
    CHECK(strstr(camera_error_detail(), "is being played") != NULL);
    run(&app, &now, 5);
    OK(camera_manager_release(app.manager));
    t_folder_remove();
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(what_a_faulty_camera_did_it_does_again),
        CASE(a_camera_that_came_back_comes_back),
        CASE(runs_are_played_one_after_the_other_and_files_have_one_configuration),
        CASE(a_trace_is_started_and_stopped_in_any_state),
        CASE(a_full_disk_ends_the_trace_and_not_the_camera),
        CASE(a_trace_that_was_cut_off_plays_up_to_there),
        CASE(a_trace_bears_a_thousand_configurations),
        CASE(a_recording_that_is_played_is_not_overwritten),
        CASE(a_trace_costs_the_outputs_nothing),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
