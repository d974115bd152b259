/*
 * test_arguments.c: what every exported function does with arguments that are wrong: NULL, invented
 * values, handles of another kind, released handles, unknown enumeration values, sizes out of
 * range, strings too long or not UTF-8. Each answers with a code and a detail, writes nothing and
 * changes nothing. Structures are in test_structures.c.
 */
#include "t_handles.h"

static struct t_results results = T_RESULTS_INIT;
static uint64_t listener;

/* --- handles -------------------------------------------------------------------------------- */

static void ignore_frame(camera_surface *s, camera_frame *f, void *u) { (void)s, (void)f, (void)u; }
static void ignore_error(int32_t c, const char *d, void *u) { (void)c, (void)d, (void)u; }
static void ignore_log(int32_t l, const char *m, void *u) { (void)l, (void)m, (void)u; }
static void ignore_photo(camera_output *o, uint32_t i, int32_t c, const char *d, camera_photo *p, void *u)
{
    (void)o, (void)i, (void)c, (void)d, (void)p, (void)u;
}
static void ignore_event(camera_recorder *r, const camera_recorder_event *e, void *u)
{
    (void)r, (void)e, (void)u;
}
static void ignore_output(camera_output *o, const camera_output_event *e, void *u) { (void)o, (void)e, (void)u; }
static void never(void *user_data)
{
    (void)user_data;
    FAIL("a destroy function ran, although nothing was stored");
}

struct attempt {
    const char *name; /* NULL: there are no more */
    int kind;         /* of the handle that is wrong */
    int released;     /* the code for a released handle of the right kind */
};

/* The n-th call, with `bad` for one handle; every other argument is fine. */
static int32_t call(size_t n, void *bad, struct attempt *attempt)
{
    static const camera_profile yuyv = {sizeof yuyv, T_YUYV, 320, 240, 0, 0};
    static const camera_profile jpeg = {sizeof jpeg, CAMERA_FORMAT_JPEG, 320, 240, 0, 0};
    static const camera_profile moving = {sizeof moving, T_YUYV, 320, 240, 5, 60};
    static const int32_t face = CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION;
    void *ticket = NULL, **handle = &out.handle;
    size_t i = 0;
#define TRY(of, code, expression)                              \
    if (i++ == n) {                                            \
        *attempt = (struct attempt){#expression, of, code};    \
        return expression;                                     \
    }
    /* Accepted when the handle was released, so it needs a ticket; else refused. */
#define ASYNC(of, expression)                                  \
    if (i++ == n) {                                            \
        *attempt = (struct attempt){#expression, of, 0};       \
        if (bad == stale[of])                                  \
            ticket = t_ticket(&results, (int)n);               \
        return expression;                                     \
    }
    TRY(MANAGER, 101, camera_manager_release(bad))
    TRY(MANAGER, 101, camera_manager_get_dispatch_fd(bad, &out.fd))
    TRY(MANAGER, 101, camera_manager_dispatch(bad, &out.count))
    TRY(MANAGER, 101, camera_manager_set_log_callback(bad, 1, ignore_log, NULL, never))
    TRY(MANAGER, 101, camera_manager_list_cameras(bad, (camera_list **)handle))
    TRY(MANAGER, 101, camera_manager_get_capability(bad, "virtual:0", 1, (camera_capability **)handle))
    TRY(MANAGER, 101, camera_manager_create_input(bad, "virtual:0", (camera_input **)handle))
    TRY(MANAGER, 101, camera_manager_create_input_by_position(bad, 0, 0, (camera_input **)handle))
    TRY(MANAGER, 101, camera_manager_create_surface(bad, NULL, (camera_surface **)handle))
    TRY(MANAGER, 101, camera_manager_create_preview_output(bad, &yuyv, live[SURFACE], (camera_output **)handle))
    TRY(MANAGER, 101, camera_manager_create_deferred_preview_output(bad, &yuyv, (camera_output **)handle))
    TRY(MANAGER, 101, camera_manager_create_photo_output(bad, &jpeg, NULL, (camera_output **)handle))
    TRY(MANAGER, 101, camera_manager_create_video_output(bad, &moving, live[SURFACE], (camera_output **)handle))
    TRY(MANAGER, 101, camera_manager_create_session(bad, 1, (camera_session **)handle))
    TRY(MANAGER, 101, camera_manager_create_recorder(bad, &tape, (camera_recorder **)handle))
    TRY(MANAGER, 101, camera_manager_set_detector(bad, NULL, NULL, NULL, never))
    TRY(MANAGER, 101, camera_manager_create_metadata_output(bad, &face, 1, (camera_output **)handle))
    TRY(LIST, 101, camera_list_get_count(bad, &out.count))
    TRY(LIST, 101, camera_list_get(bad, 0, &out.description))
    TRY(LIST, 101, camera_list_release(bad))
    TRY(CAPABILITY, 101, camera_capability_get_profile_count(bad, 0, &out.count))
    TRY(CAPABILITY, 101, camera_capability_get_profile(bad, 0, 0, &out.profile))
    TRY(CAPABILITY, 101, camera_capability_get_metadata_type_count(bad, &out.count))
    TRY(CAPABILITY, 101, camera_capability_get_metadata_type(bad, 0, &out.state))
    TRY(CAPABILITY, 101, camera_capability_release(bad))
    TRY(INPUT, 201, camera_input_open(bad))
    ASYNC(INPUT, camera_input_open_async(bad, t_completion, ticket))
    TRY(INPUT, 201, camera_input_close(bad))
    ASYNC(INPUT, camera_input_close_async(bad, t_completion, ticket))
    TRY(INPUT, 0, camera_input_release(bad))
    TRY(INPUT, 0, camera_session_can_add_input(live[SESSION], bad, &out.answer))
    TRY(INPUT, 102, camera_session_add_input(live[SESSION], bad))
    TRY(INPUT, 102, camera_session_remove_input(live[SESSION], bad))
    TRY(SURFACE, 101, camera_surface_set_callback(bad, ignore_frame, NULL, never))
    TRY(SURFACE, 101, camera_surface_acquire(bad, 0, (camera_frame **)handle))
    TRY(SURFACE, 101, camera_surface_get_fd(bad, &out.fd))
    TRY(SURFACE, 101, camera_surface_get_statistics(bad, &out.statistics))
    TRY(SURFACE, 101, camera_surface_release(bad))
    TRY(SURFACE, 101, camera_manager_create_preview_output(manager, &yuyv, bad, (camera_output **)handle))
    TRY(SURFACE, 101, camera_manager_create_video_output(manager, &moving, bad, (camera_output **)handle))
    TRY(SURFACE, 101, camera_output_add_deferred_surface(live[PREVIEW], bad))
    TRY(PREVIEW, 201, camera_output_add_deferred_surface(bad, live[SURFACE]))
    TRY(PREVIEW, 103, camera_output_start(bad))
    ASYNC(PREVIEW, camera_output_start_async(bad, t_completion, ticket))
    TRY(PREVIEW, 201, camera_output_stop(bad))
    ASYNC(PREVIEW, camera_output_stop_async(bad, t_completion, ticket))
    TRY(PREVIEW, 103, camera_output_set_frame_rate(bad, 15, 15))
    TRY(PREVIEW, 0, camera_session_can_add_output(live[SESSION], bad, &out.answer))
    TRY(PREVIEW, 102, camera_session_add_output(live[SESSION], bad))
    TRY(PREVIEW, 102, camera_session_remove_output(live[SESSION], bad))
    TRY(PREVIEW, 201, camera_output_release(bad))
    ASYNC(PREVIEW, camera_output_release_async(bad, t_completion, ticket))
    TRY(PHOTO_OUTPUT, 104, camera_output_capture(bad, NULL))
    ASYNC(PHOTO_OUTPUT, camera_output_capture_async(bad, NULL, t_completion, ticket))
    TRY(PHOTO_OUTPUT, 104, camera_output_take_photo(bad, NULL, 0, (camera_photo **)handle))
    TRY(PHOTO_OUTPUT, 201, camera_output_add_photo_listener(bad, ignore_photo, NULL, never, &out.number))
    TRY(PHOTO_OUTPUT, 201, camera_output_remove_listener(bad, listener))
    TRY(SESSION, 0, camera_session_get_state(bad, &out.state))
    TRY(SESSION, 201, camera_session_begin_config(bad))
    TRY(SESSION, 102, camera_session_commit_config(bad))
    ASYNC(SESSION, camera_session_commit_config_async(bad, t_completion, ticket))
    TRY(SESSION, 103, camera_session_start(bad))
    ASYNC(SESSION, camera_session_start_async(bad, t_completion, ticket))
    TRY(SESSION, 201, camera_session_stop(bad))
    ASYNC(SESSION, camera_session_stop_async(bad, t_completion, ticket))
    TRY(SESSION, 201, camera_session_release(bad))
    ASYNC(SESSION, camera_session_release_async(bad, t_completion, ticket))
    TRY(SESSION, 201, camera_session_add_error_listener(bad, ignore_error, NULL, never, &out.number))
    TRY(SESSION, 201, camera_session_remove_listener(bad, 1))
    TRY(SESSION, 0, camera_session_can_add_input(bad, live[INPUT], &out.answer))
    TRY(SESSION, 102, camera_session_add_input(bad, live[INPUT]))
    TRY(SESSION, 102, camera_session_remove_input(bad, live[INPUT]))
    TRY(SESSION, 0, camera_session_can_add_output(bad, live[PREVIEW], &out.answer))
    TRY(SESSION, 102, camera_session_add_output(bad, live[PREVIEW]))
    TRY(SESSION, 102, camera_session_remove_output(bad, live[PREVIEW]))
    TRY(SESSION, 201, camera_session_set_options(bad, NULL))
    TRY(SESSION, 201, camera_session_start_trace(bad, "/nonexistent/a"))
    TRY(SESSION, 201, camera_session_stop_trace(bad))
    TRY(SESSION, 201, camera_session_get_trace_statistics(bad, &out.trace))
    TRY(PREVIEW, 201, camera_output_add_listener(bad, ignore_output, NULL, never, &out.number))
    TRY(PREVIEW, 201, camera_output_get_statistics(bad, &out.counts))
    TRY(PREVIEW, 201, camera_output_add_metadata_types(bad, &face, 1))
    TRY(PREVIEW, 201, camera_output_remove_metadata_types(bad, &face, 1))
    TRY(FRAME, 101, camera_frame_retain(bad))
    TRY(FRAME, 101, camera_frame_release(bad))
    TRY(FRAME, 101, camera_frame_get_info(bad, &out.frame))
    TRY(FRAME, 101, camera_frame_get_plane(bad, 0, &out.plane))
    TRY(PHOTO, 101, camera_photo_retain(bad))
    TRY(PHOTO, 101, camera_photo_release(bad))
    TRY(PHOTO, 101, camera_photo_get_info(bad, &out.photo))
    TRY(PHOTO, 101, camera_photo_save(bad, "/nonexistent/photo.jpg"))
    TRY(RECORDER, 0, camera_recorder_get_state(bad, &out.state))
    TRY(RECORDER, 201, camera_recorder_get_statistics(bad, &out.recorded))
    TRY(RECORDER, 201, camera_recorder_get_surface(bad, (camera_surface **)handle))
    TRY(RECORDER, 201, camera_recorder_add_listener(bad, ignore_event, NULL, never, &out.number))
    TRY(RECORDER, 201, camera_recorder_remove_listener(bad, 1))
    TRY(RECORDER, 201, camera_recorder_start(bad))
    ASYNC(RECORDER, camera_recorder_start_async(bad, t_completion, ticket))
    TRY(RECORDER, 201, camera_recorder_pause(bad))
    ASYNC(RECORDER, camera_recorder_pause_async(bad, t_completion, ticket))
    TRY(RECORDER, 201, camera_recorder_resume(bad))
    ASYNC(RECORDER, camera_recorder_resume_async(bad, t_completion, ticket))
    TRY(RECORDER, 201, camera_recorder_stop(bad))
    ASYNC(RECORDER, camera_recorder_stop_async(bad, t_completion, ticket))
    TRY(RECORDER, 201, camera_recorder_release(bad))
    ASYNC(RECORDER, camera_recorder_release_async(bad, t_completion, ticket))
    attempt->name = NULL;
    return 0;
}

/* Values that no program was given: kind, generation and index lie in a handle from the top. */
static void *invented(size_t index)
{
    static int place;
    uintptr_t session = (uintptr_t)live[SESSION], frame = (uintptr_t)live[FRAME];
    void *values[] = {
        NULL,
        (void *)(uintptr_t)1,
        (void *)UINTPTR_MAX,
        &place,
        (void *)(session + 1000),                          /* an index beyond the end */
        (void *)(session + ((uintptr_t)77 << 28)),         /* a generation to come */
        (void *)(session & ~(((uintptr_t)1 << 56) - 1)),   /* generation 0 */
        (void *)(frame + ((uintptr_t)77 << 28)),
    };
    CHECK(index < T_COUNT(values));
    return values[index];
}
#define INVENTED 8

static void try_wrong(size_t n, void *bad, const char *what)
{
    struct attempt attempt = {NULL, 0, 101};
    unsigned char before[sizeof out];
    prepare_out();
    memcpy(before, &out, sizeof out);
    int32_t code = call(n, bad, &attempt);
    EXPECT(code == 7400101, "%s with %s is %d", attempt.name, what, (int)code);
    EXPECT(*camera_error_detail(), "%s with %s leaves no detail", attempt.name, what);
    EXPECT(memcmp(before, &out, sizeof out) == 0, "%s with %s wrote a result", attempt.name, what);
}

static void wrong_handles_are_refused(void)
{
    struct attempt attempt = {NULL, 0, 101};
    void *heap = malloc(1);
    size_t n = 0;
    begin();
    OK(camera_output_add_photo_listener(live[PHOTO_OUTPUT], ignore_photo, NULL, NULL, &listener));
    /* NULL is refused everywhere: a first pass that also learns how many calls there are. */
    for (;; n++) {
        (void)call(n, NULL, &attempt);
        if (!attempt.name)
            break;
        int kind = attempt.kind;
        for (size_t i = 0; i < INVENTED; i++)
            try_wrong(n, invented(i), "an invented value");
        try_wrong(n, heap, "the address of memory");
        try_wrong(n, &attempt, "the address of a variable");
        for (int other = 0; other < KINDS; other++) {
            bool outputs = (kind == PREVIEW || kind == PHOTO_OUTPUT) &&
                           (other == PREVIEW || other == PHOTO_OUTPUT);
            if (other != kind && !outputs) {
                try_wrong(n, live[other], kind_names[other]);
                try_wrong(n, stale[other], "a released handle of another kind");
            }
        }
    }
    printf("  %d calls\n", (int)n);
    CHECK(n > 85);
    CHECK_EQ(t_result_count(&results), 0);
    CHECK_EQ(t_state(live[SESSION]), INIT);
    OK(camera_output_remove_listener(live[PHOTO_OUTPUT], listener));
    free(heap);
    end(); /* every live object still lives */
}

static void released_handles_answer_for_ever(void)
{
    struct attempt attempt = {NULL, 0, 101};
    begin();
    for (size_t n = 0;; n++) {
        (void)call(n, NULL, &attempt);
        if (!attempt.name)
            break;
        prepare_out();
        /* A frame and a photo of the same slot live again; their old handles stay released. */
        int32_t code = call(n, stale[attempt.kind], &attempt);
        EXPECT(code == t_long(attempt.released), "%s, released, is %d, not %d", attempt.name,
               (int)code, (int)t_long(attempt.released));
        EXPECT(code == 0 || *camera_error_detail(), "%s, released, leaves no detail", attempt.name);
        if (strstr(attempt.name, "can_add"))
            EXPECT(code == 0 && !out.answer, "%s, released, is true", attempt.name);
        if (strstr(attempt.name, "session_get_state"))
            CHECK_EQ(out.state, RELEASED);
        if (strstr(attempt.name, "recorder_get_state"))
            CHECK_EQ(out.state, CAMERA_RECORDER_STATE_RELEASED);
    }
    WAIT_UNTIL(t_result_count(&results) == results.tickets);
    for (size_t i = 0; i < results.tickets; i++)
        CHECK(results.at[i].code >= 7400102);
    end();
    CHECK_EQ(t_result_count(&results), results.tickets);
}

/* When the manager is gone too, nothing is left that could complete a call: it is refused. */
static void handles_of_a_released_manager(void)
{
    manager = t_manager();
    make_handles(live);
    camera_session *session = live[SESSION];
    camera_output *preview = live[PREVIEW], *photo = live[PHOTO_OUTPUT];
    OK(camera_manager_release(manager));
    void *t = t_ticket(&results, 0);
    CHECK_EQ(t_state(session), RELEASED);
    CHECK_CODE(camera_session_begin_config(session), 201);
    CHECK_CODE(camera_session_commit_config_async(session, t_completion, t), 102);
    CHECK_CODE(camera_session_start_async(session, t_completion, t), 103);
    CHECK_CODE(camera_session_stop_async(session, t_completion, t), 201);
    CHECK_CODE(camera_session_release_async(session, t_completion, t), 201);
    CHECK_CODE(camera_output_start_async(preview, t_completion, t), 103);
    CHECK_CODE(camera_output_stop_async(preview, t_completion, t), 201);
    CHECK_CODE(camera_output_release_async(preview, t_completion, t), 201);
    CHECK_CODE(camera_output_capture_async(photo, NULL, t_completion, t), 104);
    CHECK_CODE(camera_input_open_async(live[INPUT], t_completion, t), 201);
    CHECK_CODE(camera_input_close(live[INPUT]), 201);
    OK(camera_input_release(live[INPUT]));
    CHECK_CODE(camera_recorder_start_async(live[RECORDER], t_completion, t), 201);
    CHECK_CODE(camera_recorder_release(live[RECORDER]), 201);
    CHECK_CODE(camera_surface_release(live[SURFACE]), 101);
    CHECK_CODE(camera_list_release(live[LIST]), 101);
    CHECK_CODE(camera_capability_release(live[CAPABILITY]), 101);
    /* Another manager's objects take the same slots; the old handles stay released. */
    void *old[KINDS];
    memcpy(old, live, sizeof old);
    manager = t_manager();
    make_handles(live);
    CHECK_EQ(t_state(old[SESSION]), RELEASED);
    CHECK_CODE(camera_session_begin_config(old[SESSION]), 201);
    CHECK_CODE(camera_surface_release(old[SURFACE]), 101);
    CHECK_CODE(camera_output_release(old[PREVIEW]), 201);
    CHECK_CODE(camera_recorder_release(old[RECORDER]), 201);
    CHECK(t_info(old[FRAME]).width == 320);
    OK(camera_frame_release(old[FRAME]));
    OK(camera_photo_release(old[PHOTO]));
    end();
    CHECK_EQ(t_result_count(&results), 0);
}

/* --- other arguments ------------------------------------------------------------------------ */

static void null_pointers(void)
{
    camera_profile yuyv = t_profile(T_YUYV, 320, 240);
    camera_profile jpeg = t_profile(CAMERA_FORMAT_JPEG, 320, 240);
    void *h = NULL;
    begin();
    CHECK_CODE(camera_manager_create(NULL, NULL), 101);
    CHECK_CODE(camera_manager_get_dispatch_fd(manager, NULL), 101);
    CHECK_CODE(camera_manager_list_cameras(manager, NULL), 101);
    CHECK_CODE(camera_list_get_count(live[LIST], NULL), 101);
    CHECK_CODE(camera_list_get(live[LIST], 0, NULL), 101);
    CHECK_CODE(camera_manager_get_capability(manager, "virtual:0", 1, NULL), 101);
    CHECK_CODE(camera_manager_get_capability(manager, NULL, 1, (camera_capability **)&h), 101);
    CHECK_CODE(camera_capability_get_profile_count(live[CAPABILITY], 0, NULL), 101);
    CHECK_CODE(camera_capability_get_profile(live[CAPABILITY], 0, 0, NULL), 101);
    CHECK_CODE(camera_manager_create_input(manager, "virtual:0", NULL), 101);
    CHECK_CODE(camera_manager_create_input(manager, NULL, (camera_input **)&h), 101);
    CHECK_CODE(camera_manager_create_input_by_position(manager, 0, 0, NULL), 101);
    CHECK_CODE(camera_manager_create_surface(manager, NULL, NULL), 101);
    CHECK_CODE(camera_surface_acquire(live[SURFACE], 0, NULL), 101);
    CHECK_CODE(camera_surface_get_fd(live[SURFACE], NULL), 101);
    CHECK_CODE(camera_surface_get_statistics(live[SURFACE], NULL), 101);
    CHECK_CODE(camera_frame_get_info(live[FRAME], NULL), 101);
    CHECK_CODE(camera_frame_get_plane(live[FRAME], 0, NULL), 101);
    CHECK_CODE(camera_photo_get_info(live[PHOTO], NULL), 101);
    CHECK_CODE(camera_photo_save(live[PHOTO], NULL), 101);
    CHECK_CODE(camera_manager_create_preview_output(manager, &yuyv, NULL, (camera_output **)&h), 101);
    CHECK_CODE(camera_manager_create_preview_output(manager, &yuyv, live[SURFACE], NULL), 101);
    CHECK_CODE(camera_manager_create_deferred_preview_output(manager, &yuyv, NULL), 101);
    CHECK_CODE(camera_manager_create_photo_output(manager, NULL, NULL, NULL), 101);
    CHECK_CODE(camera_manager_create_photo_output(manager, &jpeg, NULL, NULL), 101);
    CHECK_CODE(camera_manager_create_photo_output(manager, &jpeg, stale[SURFACE], (camera_output **)&h), 101);
    CHECK_CODE(camera_output_take_photo(live[PHOTO_OUTPUT], NULL, 0, NULL), 101);
    CHECK_CODE(camera_output_add_photo_listener(live[PHOTO_OUTPUT], NULL, NULL, never, &out.number), 101);
    CHECK_CODE(camera_output_add_photo_listener(live[PHOTO_OUTPUT], ignore_photo, NULL, never, NULL), 101);
    CHECK_CODE(camera_output_add_photo_listener(live[PREVIEW], ignore_photo, NULL, never, &out.number), 101);
    CHECK_CODE(camera_output_remove_listener(live[PHOTO_OUTPUT], 12345), 101);
    CHECK_CODE(camera_manager_create_session(manager, 1, NULL), 101);
    CHECK_CODE(camera_session_get_state(live[SESSION], NULL), 101);
    CHECK_CODE(camera_session_add_error_listener(live[SESSION], NULL, NULL, never, &out.number), 101);
    CHECK_CODE(camera_session_add_error_listener(live[SESSION], ignore_error, NULL, never, NULL), 101);
    CHECK_CODE(camera_session_remove_listener(live[SESSION], 12345), 101);
    CHECK_CODE(camera_manager_create_recorder(manager, NULL, (camera_recorder **)&h), 101);
    CHECK_CODE(camera_manager_create_recorder(manager, &tape, NULL), 101);
    CHECK_CODE(camera_recorder_get_state(live[RECORDER], NULL), 101);
    CHECK_CODE(camera_recorder_get_statistics(live[RECORDER], NULL), 101);
    CHECK_CODE(camera_recorder_get_surface(live[RECORDER], NULL), 101);
    CHECK_CODE(camera_recorder_add_listener(live[RECORDER], NULL, NULL, never, &out.number), 101);
    CHECK_CODE(camera_recorder_add_listener(live[RECORDER], ignore_event, NULL, never, NULL), 101);
    CHECK_CODE(camera_recorder_remove_listener(live[RECORDER], 12345), 101);
    CHECK_CODE(camera_recorder_start_async(live[RECORDER], NULL, NULL), 101);
    CHECK_CODE(camera_recorder_release_async(live[RECORDER], NULL, NULL), 101);
    CHECK_CODE(camera_input_open_async(live[INPUT], NULL, NULL), 101);
    CHECK_CODE(camera_input_close_async(live[INPUT], NULL, NULL), 101);
    CHECK_CODE(camera_format_name(T_YUYV, NULL, 16), 101);
    CHECK(h == NULL);
    end();
}

static void numbers_out_of_range(void)
{
    static const int32_t not_known[] = {-1, 5, 3000, INT32_MAX, INT32_MIN};
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_surface_options surface = CAMERA_SURFACE_OPTIONS_INIT;
    camera_photo_settings settings = CAMERA_PHOTO_SETTINGS_INIT;
    camera_manager *other = NULL;
    void *h = NULL;
    begin();
    prepare_out();
    for (size_t i = 0; i < T_COUNT(not_known); i++) {
        int32_t value = not_known[i];
        options.dispatch = surface.policy = settings.quality = value;
        CHECK_CODE(camera_manager_create(&options, &other), 101);
        CHECK_CODE(camera_manager_set_log_callback(manager, value, ignore_log, NULL, never), 101);
        CHECK_CODE(camera_manager_set_log_callback(manager, value, NULL, NULL, never), 101);
        CHECK_CODE(camera_manager_get_capability(manager, "virtual:0", value, (camera_capability **)&h), 101);
        CHECK_CODE(camera_manager_create_session(manager, value, (camera_session **)&h), 101);
        CHECK_CODE(camera_capability_get_profile_count(live[CAPABILITY], value, &out.count), 101);
        CHECK_CODE(camera_capability_get_profile(live[CAPABILITY], value, 0, &out.profile), 101);
        CHECK_CODE(camera_manager_create_input_by_position(manager, value, 0, (camera_input **)&h), 101);
        CHECK_CODE(camera_manager_create_input_by_position(manager, 0, value, (camera_input **)&h), 101);
        CHECK_CODE(camera_manager_create_surface(manager, &surface, (camera_surface **)&h), 101);
        CHECK_CODE(camera_output_capture(live[PHOTO_OUTPUT], &settings), 101);
        CHECK_CODE(camera_output_take_photo(live[PHOTO_OUTPUT], &settings, 0, (camera_photo **)&h), 101);
    }
    CHECK_CODE(camera_manager_create_session(manager, 0, (camera_session **)&h), 101);
    CHECK_CODE(camera_manager_set_log_callback(manager, 0, ignore_log, NULL, never), 101);
    CHECK_CODE(camera_list_get(live[LIST], 8, &out.description), 101);
    CHECK_CODE(camera_list_get(live[LIST], UINT32_MAX, &out.description), 101);
    CHECK_CODE(camera_capability_get_profile(live[CAPABILITY], 0, UINT32_MAX, &out.profile), 101);
    CHECK_CODE(camera_frame_get_plane(live[FRAME], 1, &out.plane), 101);
    CHECK_CODE(camera_frame_get_plane(live[FRAME], UINT32_MAX, &out.plane), 101);
    surface.policy = CAMERA_SURFACE_POLICY_DROP_NEWEST;
    for (uint32_t bad = 65; bad != 0; bad = bad == 65 ? UINT32_MAX : 0) {
        surface.capacity = bad;
        surface.max_held = 0;
        CHECK_CODE(camera_manager_create_surface(manager, &surface, (camera_surface **)&h), 101);
        surface.capacity = 0;
        surface.max_held = bad;
        CHECK_CODE(camera_manager_create_surface(manager, &surface, (camera_surface **)&h), 101);
    }
    static const struct {
        int32_t container;
        uint32_t capacity, frame_rate, reserved;
    } tapes[] = {{-1, 0, 0, 0}, {2, 0, 0, 0},       {INT32_MAX, 0, 0, 0},     {0, 65, 0, 0},     {0, UINT32_MAX, 0, 0},
                 {0, 0, 25, 0}, {1, 0, 1001, 0},    {1, 0, UINT32_MAX, 0},    {0, 0, 0, 1},      {1, 8, 25, 77}};
    for (size_t i = 0; i < T_COUNT(tapes); i++) {
        camera_recorder_options bad = tape;
        bad.container = tapes[i].container;
        bad.capacity = tapes[i].capacity;
        bad.frame_rate = tapes[i].frame_rate;
        bad.reserved = tapes[i].reserved;
        CHECK_CODE(camera_manager_create_recorder(manager, &bad, (camera_recorder **)&h), 101);
    }
    CHECK(h == NULL && other == NULL);
    /* No such camera: the arguments are right in themselves. */
    CHECK_CODE(camera_manager_create_input_by_position(manager, CAMERA_POSITION_FRONT, 0, (camera_input **)&h), 201);
    CHECK_CODE(camera_manager_create_input_by_position(manager, 0, CAMERA_TYPE_TELEPHOTO, (camera_input **)&h), 201);
    OK(camera_manager_create_input_by_position(manager, 0, 0, (camera_input **)&h));
    OK(camera_input_release(h));
    end();
}

static void profiles_out_of_range(void)
{
    static const struct {
        uint32_t format, width, height, min_rate, max_rate;
    } bad[] = {
        {T_YUYV, 0, 240, 0, 0},     {T_YUYV, 320, 0, 0, 0},           {T_YUYV, 32769, 240, 0, 0},
        {T_YUYV, 320, UINT32_MAX, 0, 0},
        {0, 320, 240, 0, 0},        {CAMERA_FORMAT_JPEG, 320, 240, 0, 0}, {12345, 320, 240, 0, 0},
        {T_YUYV, 320, 240, 30, 30}, {T_YUYV, 320, 240, 0, 30},
    };
    camera_profile p = CAMERA_PROFILE_INIT;
    camera_output *output = NULL;
    begin();
    for (size_t i = 0; i < T_COUNT(bad); i++) {
        p = t_profile(bad[i].format, bad[i].width, bad[i].height);
        p.min_frame_rate = bad[i].min_rate;
        p.max_frame_rate = bad[i].max_rate;
        CHECK_CODE(camera_manager_create_preview_output(manager, &p, live[SURFACE], &output), 101);
        CHECK_CODE(camera_manager_create_deferred_preview_output(manager, &p, &output), 101);
        if (p.format == T_YUYV && p.min_frame_rate == 0) {
            p.max_frame_rate = 30; /* 0 to 30 is no range of rates */
            CHECK_CODE(camera_manager_create_video_output(manager, &p, live[SURFACE], &output), 101);
            p.max_frame_rate = 0;
        }
        p.min_frame_rate = p.max_frame_rate = p.format == T_YUYV && p.width == 320 && p.height == 240 ? 0 : 30;
        CHECK_CODE(camera_manager_create_video_output(manager, &p, live[SURFACE], &output), 101);
        p.min_frame_rate = p.max_frame_rate = 0;
        if (p.format != CAMERA_FORMAT_JPEG)
            CHECK_CODE(camera_manager_create_photo_output(manager, &p, NULL, &output), 101);
    }
    p = t_profile(CAMERA_FORMAT_JPEG, 0, 240);
    CHECK_CODE(camera_manager_create_photo_output(manager, &p, NULL, &output), 101);
    p = t_profile(T_YUYV, 320, 240);
    p.min_frame_rate = 30;
    p.max_frame_rate = 15;
    CHECK_CODE(camera_manager_create_video_output(manager, &p, live[SURFACE], &output), 101);
    CHECK(output == NULL);
    end();
}

static void strings(void)
{
    static const char *const sources[] = {"",         "v4l2,",      "virtual:0",  "virtual:257", "virtual:-1",
                                          "virtual:", "camera",     "v4l2:1",     "virtual:1;",  "\xff\xfe",
                                          ",",        "virtual:1,", "VIRTUAL:1",  "virtual:99999999999999999999"};
    static const char *const ids[] = {"", "virtual:", "virtual:01", "virtual:x", "\xc3\x28", "nothing", "virtual:4294967296"};
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_manager *other = NULL;
    void *h = NULL;
    char longest[5000];
    begin();
    memset(longest, ',', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i <= T_COUNT(sources); i++) {
        options.cameras = i < T_COUNT(sources) ? sources[i] : longest;
        CHECK_CODE(camera_manager_create(&options, &other), 101);
    }
    memset(longest, 'v', sizeof longest - 1);
    for (size_t i = 0; i <= T_COUNT(ids); i++) {
        const char *id = i < T_COUNT(ids) ? ids[i] : longest;
        CHECK_CODE(camera_manager_create_input(manager, id, (camera_input **)&h), 101);
        CHECK_CODE(camera_manager_get_capability(manager, id, 1, (camera_capability **)&h), 101);
    }
    CHECK_CODE(camera_photo_save(live[PHOTO], longest), 101);
    /* A path is bytes, not text. */
    CHECK_CODE(camera_photo_save(live[PHOTO], "/nonexistent/\xff.jpg"), 101);
    CHECK_CODE(camera_photo_save(live[PHOTO], "/nonexistent/photo.jpg"), 101);
    CHECK(strstr(camera_error_detail(), "/nonexistent/photo.jpg"));
    CHECK_CODE(camera_photo_save(live[PHOTO], ""), 101);
    CHECK(h == NULL && other == NULL);
    /* A well-formed id of a camera that is not there: opening tells. */
    OK(camera_manager_create_input(manager, "virtual:8", (camera_input **)&h));
    CHECK_CODE(camera_input_open(h), 108);
    OK(camera_input_release(h));
    h = NULL;
    CHECK_CODE(camera_manager_get_capability(manager, "virtual:8", 1, (camera_capability **)&h), 108);
    CHECK(h == NULL);
    end();
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(wrong_handles_are_refused),
        CASE(released_handles_answer_for_ever),
        CASE(handles_of_a_released_manager),
        CASE(null_pointers),
        CASE(numbers_out_of_range),
        CASE(profiles_out_of_range),
        CASE(strings),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
