/*
 * test_faults.c: virtual cameras that fail on request, each fault against the contract: what every
 * call answers, which events come and what the statistics say, in both dispatch modes. Prints the
 * table. And that a camera that is gone costs nothing, and that its return is a camera again.
 */
#include "t_status.h"

static camera_manager *manager;
static bool caller;

/* In caller-driven mode events come only in here. */
static void pump(void)
{
    if (caller)
        OK(camera_manager_dispatch(manager, NULL));
}

#define WAIT(condition) WAIT_UNTIL((pump(), (condition)))

/* --- what was told ------------------------------------------------------------------------------ */

struct told {
    pthread_mutex_t lock;
    int session_errors, run_errors, begins, ends;
    int32_t session_code, run_code;
    uint64_t frames;
    char detail[300];
};

static struct told told = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void on_session_error(int32_t code, const char *detail, void *user_data)
{
    (void)user_data;
    pthread_mutex_lock(&told.lock);
    CHECK(code != 0 && *detail);
    told.session_errors++;
    told.session_code = code;
    snprintf(told.detail, sizeof told.detail, "%s", detail);
    pthread_mutex_unlock(&told.lock);
}

static void on_event(camera_output *output, const camera_output_event *event, void *user_data)
{
    (void)output, (void)user_data;
    pthread_mutex_lock(&told.lock);
    switch (event->type) {
    case CAMERA_OUTPUT_EVENT_TYPE_FRAME_START:
        CHECK_EQ(told.begins, told.ends);
        told.begins++;
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_ERROR:
        told.run_errors++;
        told.run_code = event->code;
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_FRAME_END:
        told.ends++;
        told.frames = event->frame_count;
        CHECK_EQ(told.begins, told.ends);
        break;
    default: FAIL("event %d", (int)event->type);
    }
    pthread_mutex_unlock(&told.lock);
}

static int get(const int *value)
{
    pthread_mutex_lock(&told.lock);
    int copy = *value;
    pthread_mutex_unlock(&told.lock);
    return copy;
}

static uint32_t cameras(void)
{
    camera_list *list = NULL;
    uint32_t count = 0;
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_list_get_count(list, &count));
    OK(camera_list_release(list));
    return count;
}

/* --- the table ---------------------------------------------------------------------------------- */

/* What must come; codes as the contract writes them. */
struct fault {
    const char *script;
    int open, reopen;     /* the first and the second time */
    int commit, recommit;
    int start;
    int error; /* of the session and of the run, once each; 0: none */
    int stop;
    bool lost, corrupt; /* are there any? */
    uint64_t frames;    /* this many come before the fault has shown, or at most, if there is an error */
};

static const struct fault faults[] = {
    {"", 0, 0, 0, 0, 0, 0, 0, false, false, 20},
    {"denied", 102, 102, 0, 0, 0, 0, 0, false, false, 0},
    {"denied=1", 102, 0, 0, 0, 0, 0, 0, false, false, 20},
    {"busy@open", 107, 107, 0, 0, 0, 0, 0, false, false, 0},
    {"busy@open=1", 107, 0, 0, 0, 0, 0, 0, false, false, 20},
    {"busy@commit", 0, 0, 107, 107, 0, 0, 0, false, false, 0},
    {"busy@commit=1", 0, 0, 107, 0, 0, 0, 0, false, false, 20},
    {"slow@open=20ms+slow@commit=20ms+slow@start=20ms+slow@stop=20ms", 0, 0, 0, 0, 0, 0, 0, false, false, 20},
    {"unplug@10f", 0, 0, 0, 0, 0, 108, 201, false, false, 10},
    {"unplug@200ms", 0, 0, 0, 0, 0, 108, 201, false, false, 12},
    {"unplug@0f", 0, 0, 0, 0, 0, 108, 201, false, false, 0},
    {"fail@10f", 0, 0, 0, 0, 0, 201, 201, false, true, 10},
    {"eio@10f", 0, 0, 0, 0, 0, 0, 0, false, true, 20},
    {"eio@10f+eio@11f", 0, 0, 0, 0, 0, 201, 201, false, true, 10},
    {"silent@10f", 0, 0, 0, 0, 0, 0, 0, false, false, 10},
    {"silent@5f+unplug@20f", 0, 0, 0, 0, 0, 108, 201, false, false, 5},
    {"corrupt=5", 0, 0, 0, 0, 0, 0, 0, false, true, 20},
    {"corrupt@5f-8f", 0, 0, 0, 0, 0, 0, 0, false, true, 20},
    {"drop=5", 0, 0, 0, 0, 0, 0, 0, true, false, 20},
    {"drop=40%+corrupt=20%", 0, 0, 0, 0, 0, 0, 0, true, true, 20},
    {"jump@10f=1s+jump@15f=-2s", 0, 0, 0, 0, 0, 0, 0, false, false, 20},
    {"wrap=10", 0, 0, 0, 0, 0, 0, 0, false, false, 20},
    {"drop=4+corrupt=7+unplug@30f", 0, 0, 0, 0, 0, 108, 201, true, true, 30},
};

static int short_(int32_t code)
{
    return code ? (int)code - 7400000 : 0;
}

/* Takes the frames that wait; their numbers rise, and the gaps are as large as the statistics say. */
static uint64_t take(camera_surface *surface, uint64_t *first, uint64_t *next)
{
    uint64_t count = 0;
    for (camera_frame *frame = NULL; OK(camera_surface_acquire(surface, 0, &frame)), frame != NULL; count++) {
        camera_frame_info info = t_info(frame);
        CHECK(info.sequence >= *next);
        if (*next == 0)
            *first = info.sequence;
        *next = info.sequence + 1;
        OK(camera_frame_release(frame));
    }
    return count;
}

static void one_fault(const struct fault *fault)
{
    char list[200];
    uint64_t listener, first = 0, next = 0, frames = 0;
    camera_input *input = NULL;
    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    snprintf(list, sizeof list, "virtual%s%s", *fault->script ? "+" : "", fault->script);
    manager = t_manager_of(list, caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
    memset((char *)&told + sizeof told.lock, 0, sizeof told - sizeof told.lock);
    CHECK_EQ(cameras(), 1);

    OK(camera_manager_create_input(manager, "virtual:0", &input));
    CHECK_CODE(camera_input_open(input), fault->open);
    if (fault->open)
        CHECK_CODE(camera_input_open(input), fault->reopen);
    if (fault->reopen) {
        printf("%-64s open %3d, and again %3d\n", fault->script, fault->open, fault->reopen);
        OK(camera_manager_release(manager));
        return;
    }
    camera_surface *surface = t_surface(manager, 64, CAMERA_SURFACE_POLICY_DROP_OLDEST, 2);
    camera_output *preview = t_preview(manager, T_YUYV, 320, 240, surface);
    camera_session *session = t_session(manager);
    OK(camera_session_add_error_listener(session, on_session_error, NULL, NULL, &listener));
    OK(camera_output_add_listener(preview, on_event, NULL, NULL, &listener));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    OK(camera_output_set_frame_rate(preview, 60, 60));
    CHECK_CODE(camera_session_commit_config(session), fault->commit);
    if (fault->commit) {
        CHECK_EQ(t_state(session), CONFIG);
        CHECK_CODE(camera_session_commit_config(session), fault->recommit);
    }
    int32_t start = 0, stop = 0;
    if (!fault->recommit) {
        CHECK_CODE(start = camera_session_start(session), fault->start);
        CHECK_EQ(t_state(session), STARTED);
        if (fault->error) {
            WAIT(get(&told.session_errors) > 0 && get(&told.ends) == get(&told.begins) && get(&told.run_errors) > 0);
            CHECK_EQ(told.session_errors, 1);
            CHECK_EQ(told.session_code, t_long(fault->error));
            CHECK_EQ(told.run_errors, 1);
            CHECK_EQ(told.run_code, t_long(fault->error));
            CHECK(strstr(told.detail, fault->error == 108 ? "ENODEV (19)" : "EIO (5)") != NULL);
            frames = take(surface, &first, &next);
            CHECK(frames <= fault->frames && told.frames == frames);
            CHECK_EQ(cameras(), fault->error == 108 ? 0 : 1);
            if (fault->error == 108) {
                camera_capability *capability = NULL;
                camera_input *other = NULL;
                CHECK_CODE(camera_manager_get_capability(manager, "virtual:0", CAMERA_SCENE_MODE_NORMAL_PHOTO, &capability), 108);
                OK(camera_manager_create_input(manager, "virtual:0", &other));
                CHECK_CODE(camera_input_open(other), 108);
            }
        } else if (strncmp(fault->script, "silent", 6) == 0) {
            /* A busy machine loses frames, but never the first. */
            WAIT((frames += take(surface, &first, &next), frames > 0));
            t_sleep_ms(500);
            frames += take(surface, &first, &next);
            CHECK(frames <= fault->frames && next <= fault->frames);
        } else {
            while (frames < fault->frames)
                WAIT((frames += take(surface, &first, &next), frames >= fault->frames));
        }
        /* A busy machine loses frames too, but none of them is damaged. */
        OK(camera_output_get_statistics(preview, &counts));
        CHECK(!fault->lost || counts.lost > 0);
        CHECK_EQ(counts.corrupt > 0, fault->corrupt);
        CHECK_CODE(stop = camera_session_stop(session), fault->stop);
        CHECK_EQ(t_state(session), COMMITTED);
        frames += take(surface, &first, &next);
        OK(camera_output_get_statistics(preview, &counts));
        CHECK(counts.delivered == frames && counts.dropped == 0);
        /* Every number from the first frame to the last is there, or counted. */
        CHECK(frames + counts.lost + counts.corrupt >= next - first);
        WAIT(get(&told.begins) == get(&told.ends));
        if (fault->error)
            CHECK_CODE(camera_session_start(session), fault->error == 108 ? 108 : 0);
    }
    OK(camera_session_release(session));
    CHECK_CODE(camera_session_release(session), 201);
    pump();
    CHECK(told.session_errors <= (fault->error ? 2 : 0));
    printf("%-64s open %3d commit %3d start %3d, error %3d, run %d-%d error %3d, frames %3d, lost %2d, corrupt %2d, stop %3d\n",
           fault->script, fault->open, short_(t_long(fault->commit)), short_(start), short_(told.session_code), told.begins,
           told.ends, short_(told.run_code), (int)frames, (int)counts.lost, (int)counts.corrupt, short_(stop));
    OK(camera_manager_release(manager));
}

static void every_fault_is_told_as_the_contract_has_it(void)
{
    caller = false;
    for (size_t i = 0; i < T_COUNT(faults); i++)
        one_fault(&faults[i]);
}

static void every_fault_in_caller_driven_mode(void)
{
    caller = true;
    for (size_t i = 0; i < T_COUNT(faults); i++)
        one_fault(&faults[i]);
}

/* --- what a dead camera costs ------------------------------------------------------------------- */

/* Milliseconds of processor time that this process takes in a second. */
static int64_t cpu_of_a_second(void)
{
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    t_sleep_ms(1000);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    return (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
}

static void a_camera_that_is_gone_or_silent_costs_nothing(void)
{
    static const char *const lists[] = {"virtual+unplug@2f", "virtual+fail@2f", "virtual+silent@2f", "virtual+unplug@2f+return@60s"};
    int64_t idle = 0;
    for (size_t i = 0; i < T_COUNT(lists); i++) {
        struct t_rig rig;
        manager = t_manager_of(lists[i], CAMERA_DISPATCH_LIBRARY);
        if (i == 0)
            idle = cpu_of_a_second();
        rig = t_rig_in(manager, 0, STARTED);
        WAIT_UNTIL(t_statistics(rig.view).arrived > 0);
        t_sleep_ms(400); /* for the end to come and to be told */
        int64_t gone = cpu_of_a_second();
        printf("%-30s %d ms of a second, %d ms without a session\n", lists[i], (int)gone, (int)idle);
        /* A busy loop would take all of it. */
        CHECK(gone <= idle + 200);
        t_rig_release(&rig);
        OK(camera_manager_release(manager));
    }
}

/* A camera that never gives a frame is started once more, and has failed then. */
static void a_camera_that_stays_silent_has_failed(void)
{
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener;
    manager = t_manager_of("virtual+silent@0f", CAMERA_DISPATCH_LIBRARY);
    memset((char *)&told + sizeof told.lock, 0, sizeof told - sizeof told.lock);
    struct t_rig rig = t_rig_in(manager, 0, CONFIG);
    options.silence_ms = 100;
    OK(camera_session_set_options(rig.session, &options));
    OK(camera_session_add_error_listener(rig.session, on_session_error, NULL, NULL, &listener));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    WAIT_UNTIL(get(&told.session_errors) == 1);
    CHECK_EQ(told.session_code, 7400201);
    CHECK_EQ(t_statistics(rig.view).arrived, 0);
    CHECK_CODE(camera_session_stop(rig.session), 201);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- coming back -------------------------------------------------------------------------------- */

static void a_camera_that_returns_is_opened_again(void)
{
    manager = t_manager_of("virtual+unplug@5f+return@12f+unplug@8f,virtual", CAMERA_DISPATCH_LIBRARY);
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_list *list = NULL;
    uint64_t listener;
    memset((char *)&told + sizeof told.lock, 0, sizeof told - sizeof told.lock);
    for (int round = 0; round < 2; round++) {
        struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
        struct t_rig other = t_rig_in(manager, 1, STARTED);
        OK(camera_session_add_error_listener(rig.session, on_session_error, NULL, NULL, &listener));
        OK(camera_session_start(rig.session));
        WAIT_UNTIL(get(&told.session_errors) == round + 1);
        CHECK_EQ(told.session_code, 7400108);
        if (round == 0) {
            WAIT_UNTIL(cameras() == 2);
            OK(camera_manager_list_cameras(manager, &list));
            OK(camera_list_get(list, 0, &camera));
            CHECK(strcmp(camera.id, "virtual:0") == 0);
            OK(camera_list_release(list));
        }
        CHECK_EQ(cameras(), 2 - (uint32_t)round);
        /* The old input is dead; a photo of it is refused, and nothing waits. */
        if (round == 1)
            CHECK_CODE(camera_output_capture(rig.photo, NULL), 108);
        /* Who has been told of the end by a call is not told again. */
        CHECK_CODE(camera_session_stop(rig.session), round == 0 ? 201 : 0);
        OK(camera_session_begin_config(rig.session));
        CHECK_CODE(camera_session_commit_config(rig.session), 108);
        /* The other camera has gone on all the time. */
        OK(camera_frame_release(t_frame(other.view)));
        t_rig_release(&rig);
        t_rig_release(&other);
    }
    OK(camera_manager_release(manager));
}

/* Whoever listens is told that it goes, once each, and that it is there again. */
static void a_camera_that_goes_and_returns_is_told(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    uint64_t listener;
    manager = t_manager_of("virtual+unplug@5f+return@20f,virtual", CAMERA_DISPATCH_LIBRARY);
    t_listen(&diary, manager);
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    t_listen_input(&diary, rig.input);
    OK(camera_session_add_error_listener(rig.session, t_on_session, &diary, NULL, &listener));
    OK(camera_session_start(rig.session));
    WAIT_UNTIL(t_find(&diary, 0, MANAGER, CAMERA_STATUS_DISAPPEAR, "virtual:0") >= 0);
    int gone = t_find(&diary, 0, MANAGER, CAMERA_STATUS_DISAPPEAR, "virtual:0");
    WAIT_UNTIL(t_find(&diary, (size_t)gone, MANAGER, CAMERA_STATUS_APPEAR, "virtual:0") >= 0);
    WAIT_UNTIL(t_find(&diary, 0, INPUT, 7400108, NULL) >= 0 && t_find(&diary, 0, SESSION, 7400108, NULL) >= 0);
    t_rig_release(&rig);
    size_t count = t_entered(&diary);
    int losses = 0;
    for (size_t i = 0; i < count; i++) {
        losses += diary.at[i].teller != MANAGER || diary.at[i].what == CAMERA_STATUS_DISAPPEAR;
        CHECK(diary.at[i].teller != MANAGER || diary.at[i].what != CAMERA_STATUS_DISAPPEAR || strcmp(diary.at[i].id, "virtual:0") == 0);
    }
    CHECK_EQ(losses, 3);
    rig = t_rig_in(manager, 0, STARTED);
    WAIT_UNTIL(t_statistics(rig.view).arrived > 20);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void mistakes_are_told_with_their_place(void)
{
    static const struct { const char *list, *detail; } wrong[] = {
        {"virtual+unplugged@2s", "at character 9: \"unplugged@2s\": no fault has this name"},
        {"virtual:2+drop=10+unplug", "at character 19: "},
        {"v4l2+drop=2", "at character 1: "},
        {"virtual:0", "at character 9: "},
    };
    for (size_t i = 0; i < T_COUNT(wrong); i++) {
        camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
        camera_manager *none = NULL;
        options.cameras = wrong[i].list;
        CHECK_CODE(camera_manager_create(&options, &none), 101);
        CHECK(none == NULL && strstr(camera_error_detail(), wrong[i].detail) != NULL);
        setenv("CAMERA_SESSION_CAMERAS", wrong[i].list, 1);
        CHECK_CODE(camera_manager_create(NULL, &none), 101);
        CHECK(none == NULL && strstr(camera_error_detail(), wrong[i].detail) != NULL);
    }
    setenv("CAMERA_SESSION_CAMERAS", "virtual+busy@open", 1);
    OK(camera_manager_create(NULL, &manager));
    camera_input *input = NULL;
    OK(camera_manager_create_input(manager, "virtual:0", &input));
    CHECK_CODE(camera_input_open(input), 107);
    CHECK(strstr(camera_error_detail(), "process 4711") != NULL);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(every_fault_is_told_as_the_contract_has_it),
        CASE(every_fault_in_caller_driven_mode),
        CASE(a_camera_that_is_gone_or_silent_costs_nothing),
        CASE(a_camera_that_stays_silent_has_failed),
        CASE(a_camera_that_returns_is_opened_again),
        CASE(a_camera_that_goes_and_returns_is_told),
        CASE(mistakes_are_told_with_their_place),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
