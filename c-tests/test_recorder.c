/*
 * test_recorder.c: camera_recorder as an object: what each operation answers in each state, in both
 * forms; the order of asynchronous operations; events, listeners and their ends; calls from inside
 * callbacks; and its surface, which is nobody else's. What is in the files is in
 * test_recorder_files.c, and the life of a session around a recorder in test_recorder_life.c.
 */
#include "t_recorder.h"

enum { IDLE, RECORDING, PAUSED, STOPPED, FAILED, GONE, STATES };
static const char *const state_names[STATES] = {"IDLE", "RECORDING", "PAUSED", "STOPPED", "FAILED", "RELEASED"};

static camera_manager *manager;

static int load(const int *value) { return __atomic_load_n(value, __ATOMIC_SEQ_CST); }
static void store(int *value, int to) { __atomic_store_n(value, to, __ATOMIC_SEQ_CST); }

static void end(void)
{
    OK(camera_manager_release(manager));
    t_folder_remove();
}

/* --- operations and states ------------------------------------------------------------------- */

struct operation {
    const char *name;
    int32_t (*blocking)(camera_recorder *);
    int32_t (*async)(camera_recorder *, camera_completion_fn, void *);
    int codes[STATES];  /* by the state before */
    int states[STATES]; /* afterwards */
};

static const struct operation operations[] = {
    {"start", camera_recorder_start, camera_recorder_start_async,
     {0, 102, 102, 102, 102, 201}, {RECORDING, RECORDING, PAUSED, STOPPED, FAILED, GONE}},
    {"pause", camera_recorder_pause, camera_recorder_pause_async,
     {102, 0, 102, 102, 201, 201}, {IDLE, PAUSED, PAUSED, STOPPED, FAILED, GONE}},
    {"resume", camera_recorder_resume, camera_recorder_resume_async,
     {102, 102, 0, 102, 201, 201}, {IDLE, RECORDING, RECORDING, STOPPED, FAILED, GONE}},
    {"stop", camera_recorder_stop, camera_recorder_stop_async,
     {102, 0, 0, 102, 201, 201}, {IDLE, STOPPED, STOPPED, STOPPED, FAILED, GONE}},
    {"release", camera_recorder_release, camera_recorder_release_async,
     {0, 0, 0, 0, 0, 201}, {GONE, GONE, GONE, GONE, GONE, GONE}},
};

static camera_recorder *recorder_in(int state)
{
    camera_recorder *recorder = t_recorder(manager, CAMERA_CONTAINER_MATROSKA,
                                           state == FAILED ? "/dev/full" : t_path("state.mkv"));
    if (state != IDLE)
        OK(camera_recorder_start(recorder));
    if (state == PAUSED)
        OK(camera_recorder_pause(recorder));
    if (state == STOPPED)
        OK(camera_recorder_stop(recorder));
    if (state == FAILED) {
        struct t_rec rec = t_rec_with(manager, recorder, T_GREY, 320, 180);
        WAIT_UNTIL(t_recorder_state(recorder) == FAILED);
        OK(camera_session_release(rec.session));
        OK(camera_output_release(rec.video));
        OK(camera_input_release(rec.input));
    }
    if (state == GONE)
        OK(camera_recorder_release(recorder));
    CHECK_EQ(t_recorder_state(recorder), state);
    return recorder;
}

static void every_operation_in_every_state(void)
{
    manager = t_manager();
    for (int state = 0; state < STATES; state++)
        for (size_t i = 0; i < T_COUNT(operations) * 2; i++) {
            const struct operation *operation = &operations[i / 2];
            struct t_results results = T_RESULTS_INIT;
            camera_recorder *recorder = recorder_in(state);
            int32_t code;
            if (i % 2) {
                ACCEPT(operation->async(recorder, t_completion, t_ticket(&results, 0)));
                WAIT_UNTIL(t_result_count(&results) == 1);
                code = results.at[0].code;
            } else {
                code = operation->blocking(recorder);
                EXPECT(code == 0 || *camera_error_detail(), "no detail");
            }
            EXPECT(code == t_long(operation->codes[state]), "%s in %s is %d: %s", operation->name,
                   state_names[state], (int)code, i % 2 ? results.at[0].detail : camera_error_detail());
            EXPECT(t_recorder_state(recorder) == operation->states[state], "%s in %s leads to %s", operation->name,
                   state_names[state], state_names[t_recorder_state(recorder)]);
            (void)camera_recorder_release(recorder);
            CHECK_EQ(t_recorder_state(recorder), GONE);
        }
    end();
}

static void a_released_recorder_answers_for_ever(void)
{
    struct t_results results = T_RESULTS_INIT;
    camera_recorder_statistics statistics = CAMERA_RECORDER_STATISTICS_INIT;
    camera_surface *surface = NULL, *old_surface;
    camera_recorder *old, *other;
    uint64_t listener = 77;
    manager = t_manager();
    old = t_recorder(manager, 0, t_path("a.mkv"));
    old_surface = t_recorder_surface(old);
    OK(camera_recorder_release(old));
    other = t_recorder(manager, 0, t_path("b.mkv"));
    for (int manager_lives = 1; manager_lives >= 0; manager_lives--) {
        CHECK(other != old);
        CHECK_EQ(t_recorder_state(old), GONE);
        CHECK_CODE(camera_recorder_get_statistics(old, &statistics), 201);
        CHECK_CODE(camera_recorder_get_surface(old, &surface), 201);
        CHECK_CODE(camera_recorder_add_listener(old, t_on_event, NULL, t_on_destroy, &listener), 201);
        CHECK_CODE(camera_recorder_remove_listener(old, 1), 201);
        CHECK(surface == NULL && listener == 77 && statistics.frames == 0);
        CHECK_CODE(camera_surface_release(old_surface), 101);
        CHECK_CODE(camera_surface_acquire(old_surface, 0, (camera_frame **)&surface), 101);
        for (size_t i = 0; i < T_COUNT(operations); i++) {
            CHECK_CODE(operations[i].blocking(old), 201);
            if (manager_lives)
                ACCEPT(operations[i].async(old, t_completion, t_ticket(&results, (int)i)));
            else
                CHECK_CODE(operations[i].async(old, t_completion, &results), 201);
        }
        WAIT_UNTIL(t_result_count(&results) == T_COUNT(operations));
        for (size_t i = 0; i < T_COUNT(operations); i++) {
            CHECK_EQ(results.at[i].tag, i);
            CHECK_EQ(results.at[i].code, 7400201);
        }
        if (manager_lives)
            OK(camera_manager_release(manager));
    }
    CHECK_EQ(t_recorder_state(other), GONE);
    manager = t_manager();
    end();
}

/* --- order ------------------------------------------------------------------------------------ */

static void unawaited_calls_run_in_order(void)
{
    static const int codes[] = {0, 102, 0, 0, 0, 102, 0, 201, 201};
    manager = t_manager();
    for (long round = 0; round < t_scaled(100); round++) {
        struct t_results results = T_RESULTS_INIT;
        camera_recorder *recorder = t_recorder(manager, 0, t_path("a.mkv"));
        ACCEPT(camera_recorder_start_async(recorder, t_completion, t_ticket(&results, 0)));
        ACCEPT(camera_recorder_resume_async(recorder, t_completion, t_ticket(&results, 1)));
        ACCEPT(camera_recorder_pause_async(recorder, t_completion, t_ticket(&results, 2)));
        if (round % 2)
            CHECK_CODE(camera_recorder_start(recorder), 102); /* waits for its place */
        ACCEPT(camera_recorder_resume_async(recorder, t_completion, t_ticket(&results, 3)));
        ACCEPT(camera_recorder_stop_async(recorder, t_completion, t_ticket(&results, 4)));
        ACCEPT(camera_recorder_stop_async(recorder, t_completion, t_ticket(&results, 5)));
        ACCEPT(camera_recorder_release_async(recorder, t_completion, t_ticket(&results, 6)));
        ACCEPT(camera_recorder_start_async(recorder, t_completion, t_ticket(&results, 7)));
        ACCEPT(camera_recorder_release_async(recorder, t_completion, t_ticket(&results, 8)));
        WAIT_UNTIL(t_result_count(&results) == T_COUNT(codes));
        for (size_t i = 0; i < T_COUNT(codes); i++) {
            CHECK_EQ(results.at[i].tag, i);
            CHECK_EQ(results.at[i].code, t_long(codes[i]));
            CHECK(!pthread_equal(results.at[i].thread, pthread_self()));
            CHECK(pthread_equal(results.at[i].thread, results.at[0].thread));
        }
    }
    end();
}

#define CALLERS 4
#define CALLS 800

static camera_recorder *shared;
static struct caller {
    int last, accepted, completed;
    struct call {
        struct caller *caller;
        int number, completions;
    } call[CALLS];
} callers[CALLERS];

static void count_completion(int32_t code, const char *detail, void *user_data)
{
    struct call *call = user_data;
    CHECK(!t_inside && (code == 0) == (*detail == '\0'));
    CHECK_EQ(++call->completions, 1);
    /* One thread runs them all, so this needs no lock. */
    CHECK(call->number > call->caller->last);
    call->caller->last = call->number;
    call->caller->completed++;
}

static void *make_calls(void *argument)
{
    struct caller *caller = argument;
    for (int i = 0; i < t_scaled(CALLS); i++) {
        struct call *call = &caller->call[i];
        call->caller = caller;
        call->number = i + 1;
        if (i % 7 == 6)
            (void)camera_recorder_resume(shared);
        ACCEPT(operations[i % 3].async(shared, count_completion, call));
        caller->accepted++;
    }
    return NULL;
}

/* Four threads call while frames are written, and the recorder is released meanwhile: nothing is
   lost or told twice, and each thread's calls complete in its order. */
static void completions_come_exactly_once(void)
{
    struct t_results results = T_RESULTS_INIT;
    pthread_t threads[CALLERS];
    manager = t_manager();
    struct t_rec rec = t_rec(manager, t_path("a.mkv"));
    t_rec_listen(&rec);
    shared = rec.recorder;
    for (int i = 0; i < CALLERS; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, make_calls, &callers[i]), 0);
    WAIT_UNTIL(t_recorder_state(shared) != IDLE);
    ACCEPT(camera_recorder_release_async(shared, t_completion, t_ticket(&results, 0)));
    for (int i = 0; i < CALLERS; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    WAIT_UNTIL(t_result_count(&results) == 1);
    CHECK_EQ(results.at[0].code, 0);
    CHECK_EQ(t_recorder_state(shared), GONE);
    OK(camera_manager_release(manager));
    for (int i = 0; i < CALLERS; i++) {
        CHECK_EQ(callers[i].accepted, t_scaled(CALLS));
        CHECK_EQ(callers[i].completed, callers[i].accepted);
    }
    CHECK(rec.events.destroyed == 1 && rec.events.count == 1);
    CHECK(t_file(t_path("a.mkv"))->frames == rec.events.at[0].statistics.frames);
    t_folder_remove();
}

/* --- events ----------------------------------------------------------------------------------- */

static void stopped_is_told_once_with_the_final_counts(void)
{
    for (int way = 0; way < 4; way++) {
        manager = t_manager_of("virtual:8", way % 2 ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
        struct t_rec rec = t_rec(manager, t_path("a.mkv"));
        t_rec_listen(&rec);
        OK(camera_recorder_start(rec.recorder));
        T_WAIT_FOR_FRAMES(rec.recorder, 5);
        if (way < 2) {
            OK(camera_recorder_stop(rec.recorder));
            camera_recorder_statistics final = t_recorded(rec.recorder);
            if (way % 2) {
                CHECK_EQ(t_event_count(&rec.events), 0);
                OK(camera_manager_dispatch(manager, NULL));
            }
            WAIT_UNTIL(t_event_count(&rec.events) == 1);
            CHECK(memcmp(&final, &rec.events.at[0].statistics, sizeof final) == 0);
        }
        OK(camera_recorder_release(rec.recorder));
        if (way % 2)
            OK(camera_manager_dispatch(manager, NULL));
        WAIT_UNTIL(t_destroyed(&rec.events));
        CHECK_EQ(rec.events.count, 1);
        CHECK_EQ(rec.events.at[0].type, T_STOPPED);
        CHECK(rec.events.at[0].recorder == rec.recorder);
        camera_recorder_statistics told = rec.events.at[0].statistics;
        CHECK(told.size == sizeof told && told.frames >= 5 && told.duration_ns >= 5 * 16 * UINT64_C(1000000));
        CHECK_EQ(told.bytes, t_check_file(t_path("a.mkv"), told.frames, 0)->size);
        end();
    }
}

static void listeners_come_and_go(void)
{
    static struct t_events one = T_EVENTS_INIT, two = T_EVENTS_INIT, three = T_EVENTS_INIT;
    uint64_t first = 0, second = 0, third = 0;
    manager = t_manager();
    camera_recorder *recorder = t_recorder(manager, 0, t_path("a.mkv"));
    OK(camera_recorder_add_listener(recorder, t_on_event, &one, t_on_destroy, &first));
    OK(camera_recorder_add_listener(recorder, t_on_event, &two, NULL, &second));
    CHECK(first && second && first != second);
    OK(camera_recorder_remove_listener(recorder, first));
    CHECK_EQ(one.destroyed, 1);
    CHECK_CODE(camera_recorder_remove_listener(recorder, first), 101);
    CHECK_CODE(camera_recorder_remove_listener(recorder, 0), 101);
    CHECK_CODE(camera_recorder_add_listener(recorder, NULL, &three, t_on_destroy, &third), 101);
    CHECK_CODE(camera_recorder_add_listener(recorder, t_on_event, &three, t_on_destroy, NULL), 101);
    CHECK(third == 0 && three.destroyed == 0);
    OK(camera_recorder_start(recorder));
    OK(camera_recorder_stop(recorder));
    WAIT_UNTIL(t_event_count(&two) == 1);
    /* It never starts again: no further event. */
    OK(camera_recorder_add_listener(recorder, t_on_event, &three, t_on_destroy, &third));
    CHECK(third > second);
    OK(camera_recorder_release(recorder));
    WAIT_UNTIL(t_destroyed(&three));
    CHECK(one.count == 0 && two.count == 1 && three.count == 0);
    end();
}

/* --- calls from inside callbacks ------------------------------------------------------------- */

struct inside {
    struct t_rec rec;
    uint64_t listener;
    int done, destroyed;
};

static void completed_inside(int32_t code, const char *detail, void *user_data)
{
    struct inside *inside = user_data;
    CHECK_EQ(code, 0);
    (void)detail;
    T_WAIT_FOR_FRAMES(inside->rec.recorder, 3);
    OK(camera_recorder_pause(inside->rec.recorder));
    OK(camera_recorder_resume(inside->rec.recorder));
    OK(camera_recorder_stop(inside->rec.recorder));
    store(&inside->done, 1);
}

static void destroyed_inside(void *user_data)
{
    struct inside *inside = user_data;
    (void)camera_recorder_release(inside->rec.recorder);
    (void)camera_recorder_remove_listener(inside->rec.recorder, inside->listener);
    store(&inside->destroyed, 1);
}

static void event_inside(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    struct inside *inside = user_data;
    camera_recorder_statistics final = t_recorded(recorder);
    CHECK_EQ(event->type, T_STOPPED);
    CHECK_EQ(final.frames, event->statistics->frames);
    CHECK_CODE(camera_recorder_stop(recorder), 102);
    OK(camera_recorder_remove_listener(recorder, inside->listener));
    OK(camera_recorder_release(recorder));
    CHECK_CODE(camera_recorder_release(recorder), 201);
    CHECK(event->statistics->frames == final.frames && !load(&inside->destroyed));
    store(&inside->done, 2);
}

static void everything_works_inside_completions_and_events(void)
{
    manager = t_manager();
    struct inside inside = {t_rec(manager, t_path("a.mkv")), 0, 0, 0};
    OK(camera_recorder_add_listener(inside.rec.recorder, event_inside, &inside, destroyed_inside, &inside.listener));
    ACCEPT(camera_recorder_start_async(inside.rec.recorder, completed_inside, &inside));
    WAIT_UNTIL(load(&inside.done) == 2 && load(&inside.destroyed));
    CHECK_EQ(t_recorder_state(inside.rec.recorder), GONE);
    CHECK(t_file(t_path("a.mkv"))->frames >= 3);
    end();
}

static void frame_inside(camera_surface *surface, camera_frame *frame, void *user_data)
{
    struct inside *inside = user_data;
    (void)surface, (void)frame;
    if (load(&inside->done) || t_recorded(inside->rec.recorder).frames < 3)
        return;
    OK(camera_recorder_stop(inside->rec.recorder));
    OK(camera_recorder_release(inside->rec.recorder));
    store(&inside->done, 1);
}

static void a_frame_callback_may_stop_and_release_it(void)
{
    manager = t_manager();
    struct inside inside = {t_rec(manager, t_path("a.mkv")), 0, 0, 0};
    struct t_rec *rec = &inside.rec;
    camera_surface *view = t_surface(manager, 0, 0, 0);
    camera_output *preview = t_preview(manager, T_YUYV, 320, 240, view);
    OK(camera_surface_set_callback(view, frame_inside, &inside, NULL));
    OK(camera_recorder_start(rec->recorder));
    OK(camera_session_begin_config(rec->session));
    OK(camera_session_add_output(rec->session, preview));
    OK(camera_session_commit_config(rec->session));
    OK(camera_session_start(rec->session));
    OK(camera_output_start(rec->video));
    WAIT_UNTIL(load(&inside.done));
    const struct t_file *file = t_file(t_path("a.mkv"));
    CHECK(file->frames >= 3 && file->finished);
    OK(camera_surface_set_callback(view, NULL, NULL, NULL));
    end();
}

static void release_the_manager(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    struct inside *inside = user_data;
    (void)recorder;
    CHECK_EQ(event->type, T_STOPPED);
    OK(camera_manager_release(inside->rec.manager));
    CHECK(event->statistics->frames >= 3);
    store(&inside->done, 1);
}

static void an_event_may_release_the_manager(void)
{
    manager = t_manager();
    struct inside inside = {t_rec(manager, t_path("a.mkv")), 0, 0, 0};
    OK(camera_recorder_add_listener(inside.rec.recorder, release_the_manager, &inside, NULL, &inside.listener));
    OK(camera_recorder_start(inside.rec.recorder));
    T_WAIT_FOR_FRAMES(inside.rec.recorder, 3);
    callers[0].call[0].caller = &callers[0], callers[0].call[0].number = 1;
    ACCEPT(camera_recorder_stop_async(inside.rec.recorder, count_completion, &callers[0].call[0]));
    WAIT_UNTIL(load(&inside.done));
    CHECK_EQ(t_recorder_state(inside.rec.recorder), GONE);
    CHECK_CODE(camera_manager_release(manager), 101);
    WAIT_UNTIL(__atomic_load_n(&callers[0].completed, __ATOMIC_SEQ_CST) == 1);
    t_folder_remove();
}

/* --- its surface ------------------------------------------------------------------------------ */

static void no_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    FAIL("a frame of the recorder");
}

static void never(void *user_data)
{
    (void)user_data;
    FAIL("destroyed, although nothing was stored");
}

static void its_surface_is_its_own(void)
{
    camera_frame *frame = NULL;
    camera_surface *again = NULL;
    int fd = -7;
    manager = t_manager();
    struct t_rec rec = t_rec(manager, t_path("a.mkv"));
    OK(camera_recorder_start(rec.recorder));
    for (int round = 0; round < 3; round++) {
        CHECK_CODE(camera_surface_set_callback(rec.surface, no_frame, NULL, never), 102);
        CHECK(strstr(camera_error_detail(), "recorder"));
        CHECK_CODE(camera_surface_set_callback(rec.surface, NULL, NULL, NULL), 102);
        CHECK_CODE(camera_surface_acquire(rec.surface, 0, &frame), 102);
        CHECK_CODE(camera_surface_acquire(rec.surface, -1, &frame), 102);
        CHECK_CODE(camera_surface_get_fd(rec.surface, &fd), 102);
        CHECK_CODE(camera_surface_release(rec.surface), 102);
        CHECK(strstr(camera_error_detail(), "recorder"));
        CHECK(frame == NULL && fd == -7);
        OK(camera_recorder_get_surface(rec.recorder, &again));
        CHECK(again == rec.surface);
        uint64_t more = t_recorded(rec.recorder).frames + 3;
        T_WAIT_FOR_FRAMES(rec.recorder, more);
    }
    OK(camera_recorder_stop(rec.recorder));
    camera_surface_statistics counts = t_statistics(rec.surface);
    CHECK(counts.arrived >= 9 && counts.delivered >= 9);
    t_check_file(t_path("a.mkv"), t_recorded(rec.recorder).frames, 0);
    OK(camera_recorder_release(rec.recorder));
    CHECK_CODE(camera_surface_release(rec.surface), 101);
    CHECK_CODE(camera_surface_get_statistics(rec.surface, &counts), 101);
    end();
}

static void what_a_file_cannot_hold_is_told_with_the_output(void)
{
    static const uint32_t not_in_y4m[] = {CAMERA_FOURCC('M', 'J', 'P', 'G'), CAMERA_FOURCC('H', '2', '6', '4'),
                                          CAMERA_FORMAT_RGBA_8888, CAMERA_FOURCC('R', 'G', 'B', '3')};
    static const uint32_t not_in_mkv[] = {CAMERA_FOURCC('H', 'E', 'V', 'C'), CAMERA_FOURCC('V', 'P', '8', '0')};
    camera_output *output = NULL, *deferred = NULL;
    manager = t_manager();
    for (int container = 0; container < 2; container++) {
        const uint32_t *formats = container == CAMERA_CONTAINER_Y4M ? not_in_y4m : not_in_mkv;
        size_t count = container == CAMERA_CONTAINER_Y4M ? T_COUNT(not_in_y4m) : T_COUNT(not_in_mkv);
        camera_surface *surface = t_recorder_surface(t_recorder(manager, container, t_path("a")));
        for (size_t i = 0; i < count; i++) {
            camera_profile profile = t_profile(formats[i], 320, 240);
            CHECK_CODE(camera_manager_create_preview_output(manager, &profile, surface, &output), 101);
            OK(camera_manager_create_deferred_preview_output(manager, &profile, &deferred));
            CHECK_CODE(camera_output_add_deferred_surface(deferred, surface), 101);
            profile.min_frame_rate = profile.max_frame_rate = 30;
            CHECK_CODE(camera_manager_create_video_output(manager, &profile, surface, &output), 101);
            CHECK(strstr(camera_error_detail(), container ? "Y4M file cannot hold" : "Matroska file cannot hold"));
            CHECK(strstr(camera_error_detail(), container ? "8 bits" : "H.264"));
        }
        CHECK(output == NULL);
        OK(camera_output_release(t_video(manager, T_YUYV, 320, 240, 30, 30, surface)));
    }
    camera_profile jpeg = t_profile(CAMERA_FORMAT_JPEG, 320, 240);
    camera_surface *y4m = t_recorder_surface(t_recorder(manager, CAMERA_CONTAINER_Y4M, t_path("b")));
    CHECK_CODE(camera_manager_create_photo_output(manager, &jpeg, y4m, &output), 101);
    end();
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(every_operation_in_every_state),
        CASE(a_released_recorder_answers_for_ever),
        CASE(unawaited_calls_run_in_order),
        CASE(completions_come_exactly_once),
        CASE(stopped_is_told_once_with_the_final_counts),
        CASE(listeners_come_and_go),
        CASE(everything_works_inside_completions_and_events),
        CASE(a_frame_callback_may_stop_and_release_it),
        CASE(an_event_may_release_the_manager),
        CASE(its_surface_is_its_own),
        CASE(what_a_file_cannot_hold_is_told_with_the_output),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
