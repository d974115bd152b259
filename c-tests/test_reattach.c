/*
 * test_reattach.c: sessions whose camera is gone and comes back: opened again by themselves when
 * they are to, with the same input, outputs and plan, numbers that go on behind a gap, and nothing
 * of it when the application has stopped, closed, reconfigured or released meanwhile.
 */
#include "t_status.h"

enum { GONE = 7400108 };

struct seen {
    pthread_mutex_t lock;
    int losses, returns, refusals;
    int32_t refusal;
    uint32_t running;
    uint64_t away_ms;
    char detail[400];
    int destroyed;
};

static struct seen seen = {.lock = PTHREAD_MUTEX_INITIALIZER};
static camera_manager *manager;
static bool caller;

static void pump(void)
{
    if (caller)
        OK(camera_manager_dispatch(manager, NULL));
}

#define WAIT(condition) WAIT_UNTIL((pump(), (condition)))

static void on_session(camera_session *session, const camera_session_event *event, void *user_data)
{
    struct seen *into = user_data;
    int32_t state = -1;
    OK(camera_session_get_state(session, &state));
    CHECK(event->size >= sizeof *event && event->detail != NULL);
    pthread_mutex_lock(&into->lock);
    switch (event->type) {
    case CAMERA_SESSION_EVENT_TYPE_ERROR:
        CHECK(event->code != 0 && event->detail[0] && event->running == 0 && event->away_ms == 0);
        /* Each loss is told once, and before the return. */
        if (event->code == GONE) {
            into->losses++;
            CHECK_EQ(into->losses, into->returns + 1);
        } else {
            into->refusals++;
            into->refusal = event->code;
            snprintf(into->detail, sizeof into->detail, "%s", event->detail);
        }
        break;
    case CAMERA_SESSION_EVENT_TYPE_REATTACHED:
        CHECK(event->code == 0 && event->detail[0] == 0);
        into->returns++;
        CHECK_EQ(into->losses, into->returns);
        into->running = event->running;
        into->away_ms = event->away_ms;
        break;
    case CAMERA_SESSION_EVENT_TYPE_SETTLED:
    case CAMERA_SESSION_EVENT_TYPE_EXPOSURE_STATE: break; /* test_settled.c looks at these */
    default: FAIL("event %d", (int)event->type);
    }
    pthread_mutex_unlock(&into->lock);
}

static void on_destroy(void *user_data)
{
    struct seen *into = user_data;
    __atomic_add_fetch(&into->destroyed, 1, __ATOMIC_SEQ_CST);
}

static int get(const int *value)
{
    pthread_mutex_lock(&seen.lock);
    int copy = *value;
    pthread_mutex_unlock(&seen.lock);
    return copy;
}

/* A session in this state on a camera with this script, which is to come back if it says so. */
static struct t_rig rig_on(const char *cameras, int state, int reattach)
{
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener = 0;
    memset((char *)&seen + sizeof seen.lock, 0, sizeof seen - sizeof seen.lock);
    manager = t_manager_of(cameras, caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig(manager, 0);
    options.reattach = reattach;
    OK(camera_session_set_options(rig.session, &options));
    OK(camera_session_add_listener(rig.session, on_session, &seen, on_destroy, &listener));
    CHECK(listener != 0);
    t_rig_to(&rig, state);
    return rig;
}

static void end(struct t_rig *rig)
{
    t_rig_release(rig);
    OK(camera_manager_release(manager));
    CHECK_EQ(seen.destroyed, 1);
}

static bool back(struct t_rig *rig)
{
    camera_surface_statistics view = t_statistics(rig->view);
    return get(&seen.returns) > 0 && view.arrived > 0;
}

/* --- coming back -------------------------------------------------------------------------------- */

struct runs {
    pthread_mutex_t lock;
    char told[64];
};

static void on_output(camera_output *output, const camera_output_event *event, void *user_data)
{
    struct runs *runs = user_data;
    static const char signs[] = {[CAMERA_OUTPUT_EVENT_TYPE_FRAME_START] = '(',
                                 [CAMERA_OUTPUT_EVENT_TYPE_FRAME_END] = ')',
                                 [CAMERA_OUTPUT_EVENT_TYPE_ERROR] = '!'};
    (void)output;
    pthread_mutex_lock(&runs->lock);
    size_t length = strlen(runs->told);
    CHECK(length + 1 < sizeof runs->told && (size_t)event->type < sizeof signs && signs[event->type]);
    runs->told[length] = signs[event->type];
    pthread_mutex_unlock(&runs->lock);
}

/* Everything goes on, three times: the same handles, numbers behind a gap, each run with its events. */
static void what_ran_runs_again(void)
{
    struct runs view = {.lock = PTHREAD_MUTEX_INITIALIZER}, tape = {.lock = PTHREAD_MUTEX_INITIALIZER};
    uint64_t listener;
    struct t_rig rig = rig_on("virtual+unplug@6f+return@12f+unplug@6f+return@12f+unplug@6f+return@12f", STARTED, 1);
    OK(camera_output_add_listener(rig.preview, on_output, &view, NULL, &listener));
    OK(camera_output_add_listener(rig.video, on_output, &tape, NULL, &listener));
    OK(camera_output_start(rig.video));
    uint64_t next = 0;
    int64_t time = 0;
    int gaps = 0;
    while (gaps < 3) {
        camera_frame *frame = NULL;
        pump();
        OK(camera_surface_acquire(rig.view, caller ? 1 : (int32_t)(t_limit() * 800), &frame));
        if (!frame)
            continue;
        camera_frame_info info = t_info(frame);
        CHECK(info.sequence >= next && info.timestamp_ns > time);
        if (info.flags & CAMERA_FRAME_RESUMED) {
            /* Away for 6 frame times at least, of which the last one sees none. */
            CHECK(info.sequence >= next + 5);
            gaps++;
        }
        next = info.sequence + 1;
        time = info.timestamp_ns;
        OK(camera_frame_release(frame));
    }
    WAIT(get(&seen.returns) == 3);
    CHECK_EQ(seen.losses, 3);
    CHECK_EQ(seen.running, 2);
    CHECK(seen.away_ms >= 80 && seen.away_ms < 60000);
    CHECK_EQ(t_state(rig.session), STARTED);
    /* A photo of the camera that is back. */
    camera_photo *photo = NULL;
    OK(camera_output_take_photo(rig.photo, NULL, (int32_t)(t_limit() * 800), &photo));
    OK(camera_photo_release(photo));
    OK(camera_session_stop(rig.session));
    WAIT(strlen(view.told) == 11 && strlen(tape.told) == 11);
    CHECK(strcmp(view.told, "(!)(!)(!)()") == 0);
    CHECK(strcmp(tape.told, "(!)(!)(!)()") == 0);
    /* After a stop the numbers begin anew. */
    while (t_statistics(rig.view).waiting > 0) {
        camera_frame *frame = t_frame(rig.view);
        OK(camera_frame_release(frame));
    }
    OK(camera_session_start(rig.session));
    camera_frame *frame = t_frame(rig.view);
    CHECK(t_info(frame).sequence < next && !(t_info(frame).flags & CAMERA_FRAME_RESUMED));
    OK(camera_frame_release(frame));
    end(&rig);
}

/* Conversions have a maker of their own, whose frames go on in the same way. */
static void what_is_made_goes_on_too(void)
{
    struct t_rig rig = rig_on("virtual+unplug@6f+return@12f", INIT, 1);
    OK(camera_output_release(rig.preview));
    rig.preview = t_preview(manager, CAMERA_FORMAT_RGBA_8888, 320, 240, rig.view);
    t_rig_to(&rig, STARTED);
    uint32_t flags = 0;
    while (!(flags & CAMERA_FRAME_RESUMED)) {
        camera_frame *frame = t_frame(rig.view);
        flags = t_info(frame).flags;
        CHECK(flags & CAMERA_FRAME_CONVERTED);
        OK(camera_frame_release(frame));
    }
    WAIT(get(&seen.returns) == 1);
    end(&rig);
}

static void nobody_who_did_not_ask_is_reattached(void)
{
    struct t_rig rig = rig_on("virtual+unplug@2f+return@4f", STARTED, 0);
    WAIT(get(&seen.losses) == 1);
    t_sleep_ms(300);
    pump();
    CHECK_EQ(get(&seen.returns), 0);
    CHECK_CODE(camera_session_stop(rig.session), 201);
    CHECK_CODE(camera_session_start(rig.session), 108);
    end(&rig);
}

/* --- meanwhile ---------------------------------------------------------------------------------- */

/* Stopped while the camera is away: it is opened again, and runs when it is told to. */
static void a_session_that_was_stopped_meanwhile_stands_still(void)
{
    struct t_rig rig = rig_on("virtual+unplug@2f+return@500ms", STARTED, 1);
    WAIT(get(&seen.losses) == 1);
    CHECK_CODE(camera_output_capture(rig.photo, NULL), 108);
    CHECK_CODE(camera_output_start(rig.video), 108);
    CHECK_CODE(camera_session_stop(rig.session), 201);
    CHECK_EQ(t_state(rig.session), COMMITTED);
    CHECK_CODE(camera_session_start(rig.session), 108);
    CHECK(strstr(camera_error_detail(), "virtual:0") != NULL);
    WAIT(get(&seen.returns) == 1);
    CHECK_EQ(seen.running, 0);
    CHECK_EQ(t_state(rig.session), COMMITTED);
    uint64_t arrived = t_statistics(rig.view).arrived;
    OK(camera_session_start(rig.session));
    WAIT(t_statistics(rig.view).arrived > arrived + 3);
    OK(camera_session_stop(rig.session));
    end(&rig);
}

/* Configured anew while the camera is away: commit fails until it is back, and opens it then. */
static void a_new_configuration_opens_the_camera_again(void)
{
    struct t_rig rig = rig_on("virtual+unplug@2f+return@500ms", STARTED, 1);
    WAIT(get(&seen.losses) == 1);
    OK(camera_session_begin_config(rig.session));
    CHECK_CODE(camera_session_commit_config(rig.session), 108);
    CHECK_EQ(t_state(rig.session), CONFIG);
    t_sleep_ms(800);
    WAIT(camera_session_commit_config(rig.session) == 0);
    CHECK_EQ(get(&seen.returns), 0);
    uint64_t arrived = t_statistics(rig.view).arrived;
    OK(camera_session_start(rig.session));
    WAIT(t_statistics(rig.view).arrived > arrived + 3);
    end(&rig);
}

static void who_closes_or_releases_meanwhile_waits_no_more(void)
{
    for (int what = 0; what < 5; what++) {
        struct t_rig rig = rig_on("virtual+unplug@2f+return@200ms", STARTED, 1);
        WAIT(get(&seen.losses) == 1);
        switch (what) {
        case 0: OK(camera_input_close(rig.input)); break;
        case 1: OK(camera_session_release(rig.session)); break;
        case 2: OK(camera_input_release(rig.input)); break;
        case 3: OK(camera_output_release(rig.preview)); break;
        default: break; /* the manager, below */
        }
        if (what < 4) {
            t_sleep_ms(500);
            pump();
            /* Without its preview the session itself comes back all the same. */
            CHECK_EQ(get(&seen.returns), what == 3);
            if (what == 3)
                CHECK_EQ(seen.running, 0);
            (void)camera_session_release(rig.session);
            OK(camera_manager_release(manager));
        } else {
            OK(camera_manager_release(manager));
        }
        CHECK_EQ(seen.destroyed, 1);
        (void)rig;
    }
}

/* --- back, but not to be had -------------------------------------------------------------------- */

static void a_camera_that_is_busy_when_it_is_back_is_tried_again(void)
{
    static const struct {
        const char *cameras;
        int code; /* told; 0: it was quick enough to say nothing */
    } table[] = {
        {"virtual+unplug@2f+return@4f+busy@open=2", 0},
        {"virtual+unplug@2f+return@4f+denied=2", 0},
        {"virtual+unplug@2f+return@4f+busy@commit=2", 0},
        {"virtual+unplug@2f+return@4f+busy@open=5", 107},
        {"virtual+unplug@2f+return@4f+denied=5", 102},
        {"virtual+unplug@2f+return@4f+busy@commit=5", 107},
        {"virtual+unplug@2f+return@4f+busy@commit=2+unplug@3f+return@6f+busy@open=2", 0},
    };
    for (size_t i = 0; i < T_COUNT(table); i++) {
        if (caller && i != 2 && i != 3)
            continue;
        int returns = i == 6 ? 2 : 1;
        struct t_rig rig = rig_on(table[i].cameras, STARTED, 1);
        WAIT(get(&seen.returns) == returns && back(&rig));
        CHECK_EQ(seen.refusals, table[i].code != 0);
        if (table[i].code) {
            CHECK_EQ(seen.refusal, 7400000 + table[i].code);
            CHECK(strstr(seen.detail, "is back and cannot be used") != NULL);
        }
        OK(camera_session_stop(rig.session));
        end(&rig);
    }
}

/* Busy for ever: told once, tried ever less often, and released as if nothing were. */
static void waiting_for_ever_costs_nothing_and_can_be_ended(void)
{
    struct t_rig rig = rig_on("virtual+unplug@2f+return@4f+busy@open", STARTED, 1);
    WAIT(get(&seen.refusals) == 1);
    CHECK_CODE(camera_session_start(rig.session), 201);
    CHECK_CODE(camera_output_start(rig.video), 107);
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    t_sleep_ms(1000);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    int64_t used = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    printf("waiting: %d ms of processor time in a second\n", (int)used);
    CHECK(used < 200);
    CHECK_EQ(get(&seen.refusals), 1);
    end(&rig);
}

/* A driver that is slow to refuse: tries do not pile up in front of what the application calls. */
static void tries_do_not_pile_up(void)
{
    struct t_rig rig = rig_on("virtual+slow@open=400ms+unplug@2f+return@4f+busy@open=1000", STARTED, 1);
    WAIT(get(&seen.refusals) == 1);
    int64_t begin = t_now_ms();
    OK(camera_session_begin_config(rig.session));
    CHECK(t_now_ms() - begin < 5000); /* one that was under way, and not twenty */
    end(&rig);
}

/* A start between two tries takes the waiting's place: what runs is not interrupted for it. */
static void a_start_between_tries_is_the_return(void)
{
    struct t_rig rig = rig_on("virtual+unplug@2f+return@4f+fail@start=5", STARTED, 1);
    WAIT(get(&seen.losses) == 1);
    WAIT(camera_output_start(rig.video) == 0);
    WAIT(get(&seen.returns) == 1 && t_statistics(rig.tape).arrived > 3);
    t_sleep_ms(1500);
    pump();
    CHECK_EQ(get(&seen.returns), 1);
    CHECK_EQ(get(&seen.losses), 1);
    end(&rig);
}

/* --- silence ------------------------------------------------------------------------------------ */

/* The time that a driver takes to start is no silence. */
static void a_slow_start_is_no_silence(void)
{
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    struct t_rig rig = rig_on("virtual+slow@start=600ms", INIT, 0);
    options.silence_ms = 300;
    OK(camera_session_set_options(rig.session, &options));
    t_rig_to(&rig, STARTED);
    uint64_t arrived = t_statistics(rig.view).arrived;
    WAIT(t_statistics(rig.view).arrived > arrived + 20);
    CHECK_EQ(get(&seen.refusals), 0);
    OK(camera_session_stop(rig.session));
    end(&rig);
}

/* Stopped while a silent stream is being revived: the next start is the application's own, with numbers
   from the beginning. */
static void a_start_of_the_applications_own_resumes_nothing(void)
{
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    struct t_rig rig = rig_on("virtual+drop@0f-30f+silent@33f", INIT, 0);
    options.silence_ms = 1500;
    OK(camera_session_set_options(rig.session, &options));
    t_rig_to(&rig, STARTED);
    WAIT(t_statistics(rig.view).arrived >= 3);
    t_sleep_ms(2400); /* it was silent, and is started once more: the first frame comes a second later */
    OK(camera_session_stop(rig.session));
    while (t_statistics(rig.view).waiting > 0)
        OK(camera_frame_release(t_frame(rig.view)));
    OK(camera_session_start(rig.session));
    camera_frame *frame = t_frame(rig.view);
    CHECK(t_info(frame).sequence == 30 && !(t_info(frame).flags & CAMERA_FRAME_RESUMED));
    OK(camera_frame_release(frame));
    end(&rig);
}

/* --- in the other mode -------------------------------------------------------------------------- */

static void the_same_in_caller_driven_mode(void)
{
    caller = true;
    a_session_that_was_stopped_meanwhile_stands_still();
    a_new_configuration_opens_the_camera_again();
    a_camera_that_is_busy_when_it_is_back_is_tried_again();
}

static void wrong_options_are_refused(void)
{
    struct t_rig rig = rig_on("virtual", INIT, 0);
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener = 0;
    options.reattach = 2;
    CHECK_CODE(camera_session_set_options(rig.session, &options), 101);
    CHECK(strstr(camera_error_detail(), "reattach is 2") != NULL);
    options.reattach = -1;
    CHECK_CODE(camera_session_set_options(rig.session, &options), 101);
    CHECK_CODE(camera_session_add_listener(rig.session, NULL, NULL, NULL, &listener), 101);
    CHECK_CODE(camera_session_add_listener(rig.session, on_session, NULL, NULL, NULL), 101);
    CHECK_CODE(camera_session_add_listener(NULL, on_session, NULL, NULL, &listener), 101);
    CHECK_EQ(listener, 0);
    /* Listeners of both kinds have one row of numbers. */
    uint64_t error_listener = 0;
    OK(camera_session_add_error_listener(rig.session, t_on_session, NULL, NULL, &error_listener));
    OK(camera_session_add_listener(rig.session, on_session, &seen, NULL, &listener));
    CHECK(listener != error_listener);
    OK(camera_session_remove_listener(rig.session, listener));
    CHECK_CODE(camera_session_remove_listener(rig.session, listener), 101);
    OK(camera_session_remove_listener(rig.session, error_listener));
    OK(camera_session_release(rig.session));
    CHECK_CODE(camera_session_add_listener(rig.session, on_session, &seen, NULL, &listener), 201);
    CHECK_CODE(camera_session_set_options(rig.session, NULL), 201);
    end(&rig);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(what_ran_runs_again),
        CASE(what_is_made_goes_on_too),
        CASE(nobody_who_did_not_ask_is_reattached),
        CASE(a_session_that_was_stopped_meanwhile_stands_still),
        CASE(a_new_configuration_opens_the_camera_again),
        CASE(who_closes_or_releases_meanwhile_waits_no_more),
        CASE(a_camera_that_is_busy_when_it_is_back_is_tried_again),
        CASE(waiting_for_ever_costs_nothing_and_can_be_ended),
        CASE(tries_do_not_pile_up),
        CASE(a_start_between_tries_is_the_return),
        CASE(a_slow_start_is_no_silence),
        CASE(a_start_of_the_applications_own_resumes_nothing),
        CASE(the_same_in_caller_driven_mode),
        CASE(wrong_options_are_refused),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
