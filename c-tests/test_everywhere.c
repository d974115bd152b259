/*
 * test_everywhere.c: everything can be ended from everywhere: each way to end something, from inside each
 * kind of callback, in both dispatch modes; from many threads at once; and session, outputs, surfaces,
 * input and manager released in every order, while everything runs.
 */
#include "t_rig.h"

static int load(const int *value) { return __atomic_load_n(value, __ATOMIC_SEQ_CST); }
static int add(int *value) { return __atomic_add_fetch(value, 1, __ATOMIC_SEQ_CST); }

/* --- a session with every kind of callback ----------------------------------------------------- */

enum kind { COMPLETION, FRAME, SESSION_ERROR, SESSION_EVENT, INPUT_ERROR, STATUS, OUTPUT_EVENT, PHOTO_EVENT, METADATA, DETECTOR, RECORDER, LOG, DESTROY, KINDS };
static const char *const kinds[] = {"completion", "frame", "session error", "session event", "input error", "camera status", "output event",
                                    "photo", "metadata", "detector", "recorder event", "log message", "destroy"};

enum deed { STOP, RELEASE_SESSION, CLOSE_INPUT, RELEASE_INPUT, RELEASE_OUTPUT, RELEASE_SURFACE, RELEASE_RECORDER, REMOVE_OWN,
            REMOVE_OTHERS, RELEASE_MANAGER, DEEDS };
static const char *const deeds[] = {"stop", "release of the session", "close of the input", "release of the input",
                                    "release of the outputs", "release of the surfaces", "release of the recorder",
                                    "removal of itself", "removal of the others", "release of the manager"};

/* One at a time: what calls back while the next is made has been waited for. */
static struct {
    struct t_rig rig;
    camera_output *metadata;
    camera_recorder *recorder;
    uint64_t listener[KINDS];
    enum kind kind;
    enum deed deed;
    bool caller;
    int armed, begun, done, destroyed;
} it;

/* The codes are for other tests: here every call must come back. */
static void remove_listener(enum kind kind)
{
    uint64_t listener = it.listener[kind];
    switch (kind) {
    case FRAME: (void)camera_surface_set_callback(it.rig.view, NULL, NULL, NULL); break;
    case SESSION_ERROR:
    case SESSION_EVENT:
    case DESTROY: (void)camera_session_remove_listener(it.rig.session, listener); break;
    case INPUT_ERROR: (void)camera_input_remove_listener(it.rig.input, listener); break;
    case STATUS: (void)camera_manager_remove_listener(it.rig.manager, listener); break;
    case OUTPUT_EVENT: (void)camera_output_remove_listener(it.rig.preview, listener); break;
    case PHOTO_EVENT: (void)camera_output_remove_listener(it.rig.photo, listener); break;
    case METADATA: (void)camera_output_remove_listener(it.metadata, listener); break;
    case DETECTOR: (void)camera_manager_set_detector(it.rig.manager, NULL, NULL, NULL, NULL); break;
    case RECORDER: (void)camera_recorder_remove_listener(it.recorder, listener); break;
    case LOG: (void)camera_manager_set_log_callback(it.rig.manager, CAMERA_LOG_LEVEL_ERROR, NULL, NULL, NULL); break;
    default: break;
    }
}

static void act(enum deed deed, enum kind own)
{
    switch (deed) {
    case STOP: (void)camera_session_stop(it.rig.session); break;
    case RELEASE_SESSION: (void)camera_session_release(it.rig.session); break;
    case CLOSE_INPUT: (void)camera_input_close(it.rig.input); break;
    case RELEASE_INPUT: (void)camera_input_release(it.rig.input); break;
    case RELEASE_OUTPUT:
        (void)camera_output_release(it.rig.preview);
        (void)camera_output_release(it.rig.photo);
        (void)camera_output_release(it.metadata);
        (void)camera_output_release(it.rig.video);
        break;
    case RELEASE_SURFACE:
        (void)camera_surface_release(it.rig.view);
        (void)camera_surface_release(it.rig.tape);
        break;
    case RELEASE_RECORDER: (void)camera_recorder_release(it.recorder); break;
    case REMOVE_OWN: remove_listener(own); break;
    case REMOVE_OTHERS:
        for (int kind = FRAME; kind < KINDS; kind++)
            if (kind != (int)own)
                remove_listener(kind);
        break;
    case RELEASE_MANAGER: (void)camera_manager_release(it.rig.manager); break;
    default: break;
    }
}

/* A callback of this kind runs. */
static void inside(enum kind kind)
{
    CHECK(!t_inside);
    if (kind != it.kind || !load(&it.armed) || add(&it.begun) != 1)
        return;
    act(it.deed, kind);
    add(&it.done);
}

static void on_completion(int32_t code, const char *detail, void *user_data)
{
    (void)code, (void)detail, (void)user_data;
    inside(COMPLETION);
}
static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)user_data;
    inside(FRAME);
    CHECK(t_info(frame).width == 320); /* it is still there */
}
static void on_session(int32_t code, const char *detail, void *user_data)
{
    (void)user_data;
    CHECK(code != 0 && *detail);
    inside(SESSION_ERROR);
    CHECK(*detail);
}
static void on_session_event(camera_session *session, const camera_session_event *event, void *user_data)
{
    (void)session, (void)user_data;
    inside(SESSION_EVENT);
    CHECK(event->type != CAMERA_SESSION_EVENT_TYPE_ERROR || *event->detail);
}
static void on_input(camera_input *input, const camera_input_event *event, void *user_data)
{
    (void)input, (void)user_data;
    inside(INPUT_ERROR);
    CHECK(*event->detail);
}
static void on_manager(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    (void)manager, (void)user_data;
    inside(STATUS);
    CHECK(event->camera->id[0] == 'v');
}
static void on_output(camera_output *output, const camera_output_event *event, void *user_data)
{
    (void)output;
    inside(*(const enum kind *)user_data);
    CHECK(event->detail != NULL);
}
static void on_photo(camera_output *output, uint32_t id, int32_t code, const char *detail, camera_photo *photo, void *user_data)
{
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    (void)output, (void)id, (void)code, (void)detail, (void)user_data;
    inside(PHOTO_EVENT);
    if (photo != NULL)
        OK(camera_photo_get_info(photo, &info));
}
static uint32_t detect(camera_frame *frame, camera_metadata_object *objects, uint32_t capacity, void *user_data)
{
    (void)capacity, (void)user_data;
    inside(DETECTOR);
    objects[0].timestamp_ns = t_info(frame).timestamp_ns;
    objects[0].type = CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION;
    return 1;
}
static void on_recorder(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    (void)recorder, (void)user_data;
    inside(RECORDER);
    CHECK(event->type != 0);
}
static void on_log(int32_t level, const char *message, void *user_data)
{
    (void)level, (void)user_data;
    inside(LOG);
    CHECK(*message);
}
static void on_destroy(void *user_data)
{
    (void)user_data;
    inside(DESTROY);
    add(&it.destroyed);
}

static const enum kind output_kinds[] = {OUTPUT_EVENT, METADATA};
enum { DESTROYS = 11 };

/* Everything runs, and calls back. */
static void begin(bool caller, const char *cameras)
{
    static const int32_t face = CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION;
    camera_detector_options options = CAMERA_DETECTOR_OPTIONS_INIT;
    camera_recorder_options tape = CAMERA_RECORDER_OPTIONS_INIT;
    it.caller = caller;
    it.armed = it.begun = it.done = it.destroyed = 0;
    camera_manager *manager = t_manager_of(cameras, caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
    OK(camera_manager_set_log_callback(manager, CAMERA_LOG_LEVEL_DEBUG, on_log, NULL, on_destroy));
    options.format = T_NV12;
    options.width = 320;
    options.height = 240;
    options.max_frame_rate = 60;
    options.types = &face;
    options.type_count = 1;
    OK(camera_manager_set_detector(manager, &options, detect, NULL, on_destroy));
    struct t_rig rig = {manager, t_input(manager, 0, true), NULL, NULL, NULL, NULL, NULL, NULL};
    tape.path = "/dev/null";
    OK(camera_manager_create_recorder(manager, &tape, &it.recorder));
    OK(camera_recorder_get_surface(it.recorder, &rig.tape));
    rig.view = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    rig.preview = t_preview(manager, T_YUYV, 320, 240, rig.view);
    rig.photo = t_photo(manager, 320, 240, NULL);
    rig.video = t_video(manager, T_YUYV, 320, 240, 60, 60, rig.tape);
    OK(camera_manager_create_metadata_output(manager, &face, 1, &it.metadata));
    rig.session = t_session(manager);
    it.rig = rig;
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.preview));
    OK(camera_session_add_output(rig.session, rig.photo));
    OK(camera_session_add_output(rig.session, rig.video));
    OK(camera_session_add_output(rig.session, it.metadata));
    OK(camera_session_commit_config(rig.session));
    OK(camera_surface_set_callback(rig.view, on_frame, NULL, on_destroy));
    OK(camera_session_add_error_listener(rig.session, on_session, NULL, on_destroy, &it.listener[SESSION_ERROR]));
    OK(camera_session_add_error_listener(rig.session, on_session, NULL, on_destroy, &it.listener[DESTROY]));
    OK(camera_session_add_listener(rig.session, on_session_event, NULL, on_destroy, &it.listener[SESSION_EVENT]));
    OK(camera_input_add_listener(rig.input, on_input, NULL, on_destroy, &it.listener[INPUT_ERROR]));
    OK(camera_manager_add_listener(manager, on_manager, NULL, on_destroy, &it.listener[STATUS]));
    OK(camera_output_add_listener(rig.preview, on_output, (void *)&output_kinds[0], on_destroy, &it.listener[OUTPUT_EVENT]));
    OK(camera_output_add_listener(it.metadata, on_output, (void *)&output_kinds[1], on_destroy, &it.listener[METADATA]));
    OK(camera_output_add_photo_listener(rig.photo, on_photo, NULL, on_destroy, &it.listener[PHOTO_EVENT]));
    OK(camera_recorder_add_listener(it.recorder, on_recorder, NULL, NULL, &it.listener[RECORDER]));
    OK(camera_recorder_start(it.recorder));
    OK(camera_session_start(rig.session));
    OK(camera_output_start(rig.video));
    OK(camera_output_start(it.metadata));
    OK(camera_output_capture(rig.photo, NULL));
}

static void pump(void)
{
    if (it.caller)
        (void)camera_manager_dispatch(it.rig.manager, NULL);
}

/* Whatever is left. */
static void end(void)
{
    (void)camera_session_release(it.rig.session);
    (void)camera_manager_release(it.rig.manager);
    /* A release from inside a callback ends behind it. */
    WAIT_UNTIL((pump(), load(&it.destroyed) == DESTROYS));
}

/* --- from inside each callback ------------------------------------------------------------------ */

static void hung(int signal)
{
    char text[200];
    (void)signal;
    int length = snprintf(text, sizeof text, "hangs: %s, inside %s, the %s dispatches\n", deeds[it.deed], kinds[it.kind],
                          it.caller ? "application" : "library");
    if (write(1, text, (size_t)length) < 0)
        _exit(2);
    _exit(1);
}

/* A frame, or the callback has run and ended what brings it. */
static bool has_arrived(void)
{
    camera_surface_statistics statistics = CAMERA_SURFACE_STATISTICS_INIT;
    return load(&it.begun) || camera_surface_get_statistics(it.rig.view, &statistics) != 0 || statistics.arrived > 0;
}

static void one_cell(enum kind kind, enum deed deed, bool caller)
{
    bool lost = kind == SESSION_ERROR || kind == SESSION_EVENT || kind == INPUT_ERROR || kind == STATUS;
    it.kind = kind;
    it.deed = deed;
    it.caller = caller;
    alarm((unsigned)t_limit() / 2);
    begin(caller, lost ? "virtual+unplug@4f" : "virtual");
    __atomic_store_n(&it.armed, 1, __ATOMIC_SEQ_CST);
    switch (kind) {
    case COMPLETION: ACCEPT(camera_output_stop_async(it.rig.video, on_completion, NULL)); break;
    case PHOTO_EVENT: OK(camera_output_capture(it.rig.photo, NULL)); break;
    case OUTPUT_EVENT:
        WAIT_UNTIL(has_arrived()); /* else there is no run to end */
        (void)camera_output_stop(it.rig.preview);
        break;
    case RECORDER: OK(camera_recorder_stop(it.recorder)); break;
    case LOG: CHECK_CODE(camera_session_start(it.rig.session), 201); break;
    case DESTROY: OK(camera_session_remove_listener(it.rig.session, it.listener[DESTROY])); break;
    default: break;
    }
    WAIT_UNTIL((pump(), load(&it.done) == 1));
    end();
    alarm(0);
}

static void every_deed_inside(enum kind kind)
{
    signal(SIGALRM, hung);
    /* Under valgrind one of them, another for each kind. */
    int step = t_scale() >= 20 ? DEEDS : 1;
    for (int caller = 0; caller < 2; caller++)
        for (int deed = (int)kind % step; deed < DEEDS; deed += step)
            one_cell(kind, (enum deed)deed, caller);
}

#define INSIDE(kind) static void inside_##kind(void) { every_deed_inside(kind); }
INSIDE(COMPLETION)
INSIDE(FRAME)
INSIDE(SESSION_ERROR)
INSIDE(SESSION_EVENT)
INSIDE(INPUT_ERROR)
INSIDE(STATUS)
INSIDE(OUTPUT_EVENT)
INSIDE(PHOTO_EVENT)
INSIDE(METADATA)
INSIDE(DETECTOR)
INSIDE(RECORDER)
INSIDE(LOG)
INSIDE(DESTROY)

/* --- from many threads at once ------------------------------------------------------------------ */

static pthread_barrier_t together;

static void *do_deed(void *deed)
{
    pthread_barrier_wait(&together);
    act((enum deed)(intptr_t)deed, COMPLETION);
    return NULL;
}

/* Every deed on a thread of its own, all at the same time. */
static void all_at_once(void)
{
    signal(SIGALRM, hung);
    for (long round = 0; round < t_scaled(40); round++) {
        pthread_t threads[DEEDS];
        it.kind = COMPLETION;
        begin(round % 2, round % 3 ? "virtual" : "virtual+unplug@1f");
        CHECK(pthread_barrier_init(&together, NULL, DEEDS + 1) == 0);
        for (int deed = 0; deed < DEEDS; deed++)
            CHECK(pthread_create(&threads[deed], NULL, do_deed, (void *)(intptr_t)deed) == 0);
        t_sleep_ms(round % 5 * 7);
        pump();
        pthread_barrier_wait(&together);
        for (int deed = 0; deed < DEEDS; deed++)
            CHECK(pthread_join(threads[deed], NULL) == 0);
        end();
        pthread_barrier_destroy(&together);
    }
}

/* --- in every order ----------------------------------------------------------------------------- */

/* The places of a permutation, from its number. */
static void permute(int number, int *order, int count)
{
    int left[8];
    for (int i = 0; i < count; i++)
        left[i] = i;
    for (int i = 0, rest = count; i < count; i++, rest--) {
        int pick = number % rest;
        number /= rest;
        order[i] = left[pick];
        memmove(&left[pick], &left[pick + 1], (size_t)(rest - pick - 1) * sizeof *left);
    }
}

static void released_in_every_order(void)
{
    static const enum deed what[] = {RELEASE_SESSION, RELEASE_OUTPUT, RELEASE_SURFACE, RELEASE_INPUT, RELEASE_MANAGER};
    enum { COUNT = 5, ORDERS = 120 };
    int step = t_scale() >= 20 ? 11 : 1, orders = 0;
    signal(SIGALRM, hung);
    for (int number = 0; number < ORDERS; number += step, orders++) {
        int order[COUNT];
        permute(number, order, COUNT);
        it.kind = COMPLETION;
        begin(number % 2, "virtual");
        WAIT_UNTIL((pump(), t_statistics(it.rig.view).arrived > 0));
        for (int i = 0; i < COUNT; i++)
            act(what[order[i]], COMPLETION);
        WAIT_UNTIL(load(&it.destroyed) == DESTROYS);
        /* All handles are those of nothing now. */
        CHECK(camera_session_release(it.rig.session) != 0 && camera_output_release(it.rig.preview) != 0);
        CHECK(camera_surface_release(it.rig.view) != 0);
        OK(camera_input_release(it.rig.input)); /* "now or before" */
        CHECK_CODE(camera_manager_release(it.rig.manager), 101);
    }
    printf("  %d orders\n", orders);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(inside_COMPLETION),
        CASE(inside_FRAME),
        CASE(inside_SESSION_ERROR),
        CASE(inside_SESSION_EVENT),
        CASE(inside_INPUT_ERROR),
        CASE(inside_STATUS),
        CASE(inside_OUTPUT_EVENT),
        CASE(inside_PHOTO_EVENT),
        CASE(inside_METADATA),
        CASE(inside_DETECTOR),
        CASE(inside_RECORDER),
        CASE(inside_LOG),
        CASE(inside_DESTROY),
        CASE(all_at_once),
        CASE(released_in_every_order),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
