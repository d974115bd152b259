/*
 * test_order.c: section 8 of the contract: asynchronous operations run in the order of the calls
 * and complete exactly once, on the right thread and never inside a call; every function can be
 * called from inside every callback; after a manager's release nothing is called any more.
 *
 * TSAN: its threads meet in many ways.
 */
#include "t_rig.h"

#include <poll.h>

static camera_manager *manager;

static bool readable(int fd)
{
    struct pollfd entry = {fd, POLLIN, 0};
    int count = poll(&entry, 1, 0);
    CHECK(count >= 0 && !(entry.revents & ~POLLIN));
    return count == 1;
}

static pthread_t start_thread(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, function, argument), 0);
    return thread;
}

static int load(const int *value) { return __atomic_load_n(value, __ATOMIC_SEQ_CST); }
static void store(int *value, int to) { __atomic_store_n(value, to, __ATOMIC_SEQ_CST); }
static int add(int *value) { return __atomic_add_fetch(value, 1, __ATOMIC_SEQ_CST); }

/* Codes in short form, in the order in which they came; tags count from 0. */
static void check_results(struct t_results *results, const int *codes, size_t count)
{
    WAIT_UNTIL(t_result_count(results) >= count);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(results->at[i].tag, i);
        CHECK_EQ(results->at[i].code, t_long(codes[i]));
    }
    CHECK_EQ(t_result_count(results), count);
}

/* --- order ---------------------------------------------------------------------------------- */

static void unawaited_calls_run_in_order(void)
{
    manager = t_manager();
    for (long round = 0; round < t_scaled(100); round++) {
        struct t_rig rig = t_rig_in(manager, 0, CONFIG);
        struct t_results results = T_RESULTS_INIT;
        ACCEPT(camera_session_commit_config_async(rig.session, t_completion, t_ticket(&results, 0)));
        ACCEPT(camera_session_start_async(rig.session, t_completion, t_ticket(&results, 1)));
        ACCEPT(camera_session_stop_async(rig.session, t_completion, t_ticket(&results, 2)));
        ACCEPT(camera_session_release_async(rig.session, t_completion, t_ticket(&results, 3)));
        ACCEPT(camera_session_release_async(rig.session, t_completion, t_ticket(&results, 4)));
        check_results(&results, (const int[]){0, 0, 0, 0, 201}, 5);
        for (int i = 0; i < 5; i++) {
            CHECK(!pthread_equal(results.at[i].thread, pthread_self()));
            CHECK(pthread_equal(results.at[i].thread, results.at[0].thread));
        }
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

/* A blocking call waits for the asynchronous ones before it; the state that counts is the one
   when an operation runs. */
static void blocking_calls_take_their_place(void)
{
    manager = t_manager();
    for (long round = 0; round < t_scaled(100); round++) {
        struct t_rig rig = t_rig_in(manager, 0, STARTED);
        struct t_results results = T_RESULTS_INIT;
        ACCEPT(camera_session_stop_async(rig.session, t_completion, t_ticket(&results, 0)));
        OK(camera_session_begin_config(rig.session));
        ACCEPT(camera_session_start_async(rig.session, t_completion, t_ticket(&results, 1)));
        ACCEPT(camera_session_commit_config_async(rig.session, t_completion, t_ticket(&results, 2)));
        ACCEPT(camera_output_start_async(rig.preview, t_completion, t_ticket(&results, 3)));
        ACCEPT(camera_session_start_async(rig.session, t_completion, t_ticket(&results, 4)));
        ACCEPT(camera_output_stop_async(rig.preview, t_completion, t_ticket(&results, 5)));
        ACCEPT(camera_output_capture_async(rig.photo, NULL, t_completion, t_ticket(&results, 6)));
        ACCEPT(camera_session_commit_config_async(rig.session, t_completion, t_ticket(&results, 7)));
        OK(camera_session_stop(rig.session));
        CHECK_EQ(t_state(rig.session), COMMITTED);
        ACCEPT(camera_output_release_async(rig.preview, t_completion, t_ticket(&results, 8)));
        CHECK_CODE(camera_output_start(rig.preview), 103);
        check_results(&results, (const int[]){0, 103, 0, 0, 0, 0, 0, 102, 0}, 9);
        struct t_results last = T_RESULTS_INIT;
        ACCEPT(camera_session_release_async(rig.session, t_completion, t_ticket(&last, 0)));
        CHECK_CODE(camera_session_set_options(rig.session, NULL), 201);
        check_results(&last, (const int[]){0}, 1);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

/* Also in no session, and across the release of their session. */
static void operations_of_an_output_run_in_order(void)
{
    manager = t_manager();
    for (long round = 0; round < t_scaled(100); round++) {
        struct t_results results = T_RESULTS_INIT;
        struct t_rig rig = t_rig_in(manager, 0, round % 2 ? STARTED : INIT);
        ACCEPT(camera_output_stop_async(rig.video, t_completion, t_ticket(&results, 0)));
        ACCEPT(camera_session_release_async(rig.session, t_completion, t_ticket(&results, 1)));
        ACCEPT(camera_output_start_async(rig.video, t_completion, t_ticket(&results, 2)));
        ACCEPT(camera_output_release_async(rig.video, t_completion, t_ticket(&results, 3)));
        ACCEPT(camera_output_start_async(rig.video, t_completion, t_ticket(&results, 4)));
        ACCEPT(camera_output_release_async(rig.video, t_completion, t_ticket(&results, 5)));
        if (round % 2) {
            check_results(&results, (const int[]){201, 0, 103, 0, 103, 201}, 6);
        } else {
            /* The session has nothing to do with the output: its place is anywhere. */
            WAIT_UNTIL(t_result_count(&results) == 6);
            for (size_t i = 0, expected = 0; i < 6; i++) {
                if (results.at[i].tag == 1)
                    continue;
                expected += expected == 1;
                CHECK_EQ(results.at[i].tag, expected);
                expected++;
            }
        }
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

static void operations_of_an_input_run_in_order(void)
{
    manager = t_manager();
    for (long round = 0; round < t_scaled(100); round++) {
        struct t_results results = T_RESULTS_INIT;
        camera_input *input = t_input(manager, 0, false);
        ACCEPT(camera_input_open_async(input, t_completion, t_ticket(&results, 0)));
        ACCEPT(camera_input_open_async(input, t_completion, t_ticket(&results, 1)));
        ACCEPT(camera_input_close_async(input, t_completion, t_ticket(&results, 2)));
        ACCEPT(camera_input_close_async(input, t_completion, t_ticket(&results, 3)));
        CHECK_CODE(camera_input_open(input), 201);
        OK(camera_input_release(input));
        ACCEPT(camera_input_open_async(input, t_completion, t_ticket(&results, 4)));
        check_results(&results, (const int[]){0, 0, 0, 201, 201}, 5);
    }
    OK(camera_manager_release(manager));
}

/* While one session is busy committing, another begins and is done first, now and then. Were
   there one queue for all, that would never be seen. */
static void sessions_do_not_wait_for_each_other(void)
{
    bool seen = false;
    manager = t_manager();
    camera_surface *surface = t_surface(manager, 0, 0, 0);
    camera_output *large = t_preview(manager, T_YUYV, 1920, 1080, surface);
    camera_input *input = t_input(manager, 0, true);
    camera_session *slow = t_session(manager);
    OK(camera_session_begin_config(slow));
    OK(camera_session_add_input(slow, input));
    OK(camera_session_add_output(slow, large));
    for (int round = 0; round < 300 && !seen; round++) {
        struct t_results results = T_RESULTS_INIT;
        struct t_rig other = t_rig(manager, 1);
        ACCEPT(camera_session_commit_config_async(slow, t_completion, t_ticket(&results, 0)));
        OK(camera_session_begin_config(other.session));
        seen = t_state(slow) == CONFIG;
        t_rig_release(&other);
        check_results(&results, (const int[]){0}, 1);
        OK(camera_session_begin_config(slow));
    }
    CHECK(seen);
    OK(camera_manager_release(manager));
}

/* --- many threads --------------------------------------------------------------------------- */

#define CALLERS 4
#define MOST_CALLS 4000

struct caller {
    struct t_rig *rig;
    long calls;
    int accepted;
    int last; /* the newest call that has completed */
    struct call {
        struct caller *caller;
        int number;
        int completions;
    } call[MOST_CALLS];
};

static void count_completion(int32_t code, const char *detail, void *user_data)
{
    struct call *call = user_data;
    CHECK(!t_inside && detail && (code == 0) == (*detail == '\0'));
    CHECK_EQ(add(&call->completions), 1);
    /* One thread runs them all, so this needs no lock. */
    CHECK(call->number > call->caller->last);
    call->caller->last = call->number;
}

static void *make_calls(void *argument)
{
    struct caller *caller = argument;
    camera_session *session = caller->rig->session;
    for (long i = 0; i < caller->calls; i++) {
        struct call *call = &caller->call[i];
        call->caller = caller;
        call->number = (int)i + 1;
        switch (i % 5) {
        case 0: ACCEPT(camera_session_start_async(session, count_completion, call)); break;
        case 1: ACCEPT(camera_session_commit_config_async(session, count_completion, call)); break;
        case 2: ACCEPT(camera_session_stop_async(session, count_completion, call)); break;
        case 3: ACCEPT(camera_session_start_async(session, count_completion, call)); break;
        default:
            CHECK_CODE(camera_session_start_async(session, NULL, call), 101);
            (void)camera_session_begin_config(session);
            continue;
        }
        caller->accepted++;
    }
    return NULL;
}

/* Four threads call, and the session is released meanwhile: nothing is lost or told twice, and
   each thread's calls complete in its order. */
static void completions_come_exactly_once(void)
{
    static struct caller callers[CALLERS];
    struct t_results results = T_RESULTS_INIT;
    pthread_t threads[CALLERS];
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    for (int i = 0; i < CALLERS; i++) {
        callers[i].rig = &rig;
        callers[i].calls = t_scaled(MOST_CALLS);
        threads[i] = start_thread(make_calls, &callers[i]);
    }
    t_sleep_ms(20);
    ACCEPT(camera_session_release_async(rig.session, t_completion, t_ticket(&results, 0)));
    int accepted = 0, completed = 0;
    for (int i = 0; i < CALLERS; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    check_results(&results, (const int[]){0}, 1);
    CHECK_EQ(t_state(rig.session), RELEASED);
    OK(camera_manager_release(manager));
    for (int i = 0; i < CALLERS; i++) {
        accepted += callers[i].accepted;
        for (long call = 0; call < callers[i].calls; call++)
            completed += callers[i].call[call].completions;
    }
    CHECK(accepted > 0);
    CHECK_EQ(completed, accepted);
}

static pthread_barrier_t barrier;

static void *begin_together(void *session)
{
    pthread_barrier_wait(&barrier);
    return (void *)(intptr_t)camera_session_begin_config(session);
}

static void of_two_that_begin_one_wins(void)
{
    manager = t_manager();
    CHECK_EQ(pthread_barrier_init(&barrier, NULL, 2), 0);
    for (long round = 0; round < t_scaled(300); round++) {
        camera_session *session = t_session(manager);
        pthread_t thread = start_thread(begin_together, session);
        intptr_t here = (intptr_t)begin_together(session);
        void *there = NULL;
        CHECK_EQ(pthread_join(thread, &there), 0);
        CHECK_EQ(here + (intptr_t)there, 7400105);
        CHECK_EQ(t_state(session), CONFIG);
        OK(camera_session_release(session));
    }
    OK(camera_manager_release(manager));
    pthread_barrier_destroy(&barrier);
}

/* --- calls from inside callbacks ------------------------------------------------------------ */

struct inside {
    struct t_rig rig;
    int done;
};

static void live_a_life(int32_t code, const char *detail, void *user_data)
{
    struct inside *inside = user_data;
    camera_session *session = inside->rig.session;
    camera_list *list = NULL;
    camera_photo *photo = NULL;
    (void)detail;
    CHECK_EQ(code, 0);
    CHECK_EQ(t_state(session), COMMITTED);
    OK(camera_session_start(session));
    CHECK_CODE(camera_session_start(session), 201);
    OK(camera_output_take_photo(inside->rig.photo, NULL, -1, &photo));
    OK(camera_photo_release(photo));
    OK(camera_frame_release(t_frame(inside->rig.view)));
    OK(camera_session_begin_config(session));
    OK(camera_session_remove_output(session, inside->rig.video));
    OK(camera_session_commit_config(session));
    OK(camera_manager_list_cameras(inside->rig.manager, &list));
    OK(camera_list_release(list));
    OK(camera_session_release(session));
    CHECK_CODE(camera_session_release(session), 201);
    OK(camera_input_close(inside->rig.input));
    OK(camera_output_release(inside->rig.preview));
    OK(camera_surface_release(inside->rig.view));
    store(&inside->done, 1);
}

static void blocking_calls_work_inside_completions(void)
{
    manager = t_manager();
    struct inside inside = {t_rig_in(manager, 0, CONFIG), 0};
    ACCEPT(camera_session_commit_config_async(inside.rig.session, live_a_life, &inside));
    WAIT_UNTIL(load(&inside.done));
    t_rig_release(&inside.rig);
    OK(camera_manager_release(manager));
}

static void release_from_a_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    struct inside *inside = user_data;
    CHECK(surface == inside->rig.view && frame != NULL);
    OK(camera_session_release(inside->rig.session));
    OK(camera_surface_release(inside->rig.view));
    OK(camera_input_release(inside->rig.input));
    CHECK(t_info(frame).width == 320);
    store(&inside->done, 1);
}

static void everything_can_be_released_inside_a_frame_callback(void)
{
    manager = t_manager();
    struct inside inside = {t_rig_in(manager, 0, COMMITTED), 0};
    OK(camera_surface_set_callback(inside.rig.view, release_from_a_frame, &inside, NULL));
    OK(camera_session_start(inside.rig.session));
    WAIT_UNTIL(load(&inside.done));
    t_rig_release(&inside.rig);
    OK(camera_manager_release(manager));
}

static void use_in_destroy(void *user_data)
{
    struct inside *inside = user_data;
    CHECK(!t_inside);
    CHECK_CODE(camera_session_stop(inside->rig.session), 201);
    CHECK(camera_session_commit_config(inside->rig.session) != 0);
    add(&inside->done);
}

static void ignore_error(int32_t code, const char *detail, void *user_data)
{
    (void)code, (void)detail, (void)user_data;
}

static void ignore_photo(camera_output *output, uint32_t id, int32_t code, const char *detail,
                         camera_photo *photo, void *user_data)
{
    (void)output, (void)id, (void)code, (void)detail, (void)photo, (void)user_data;
}

/* A destroy function is a callback too: it may call, also while its object is being released. */
static void calls_work_inside_destroy(void)
{
    uint64_t listener = 0;
    manager = t_manager();
    struct inside inside = {t_rig_in(manager, 0, COMMITTED), 0};
    struct t_rig *rig = &inside.rig;
    OK(camera_output_add_photo_listener(rig->photo, ignore_photo, &inside, use_in_destroy, &listener));
    OK(camera_output_remove_listener(rig->photo, listener));
    CHECK_EQ(load(&inside.done), 1);
    /* The one below ends with the session. */
    OK(camera_session_add_error_listener(rig->session, ignore_error, &inside, use_in_destroy,
                                         &listener));
    OK(camera_session_release(rig->session));
    WAIT_UNTIL(load(&inside.done) == 2);
    t_rig_release(rig);
    /* With the manager. */
    inside.rig = t_rig_in(manager, 0, COMMITTED);
    OK(camera_session_add_error_listener(rig->session, ignore_error, &inside, use_in_destroy,
                                         &listener));
    OK(camera_manager_release(manager));
    CHECK_EQ(load(&inside.done), 3);
}

/* --- listeners ------------------------------------------------------------------------------ */

struct listening {
    camera_output *output;
    uint64_t listener;
    int calls, running, destroyed;
    bool remove_inside;
};

static void listen(camera_output *output, uint32_t id, int32_t code, const char *detail,
                   camera_photo *photo, void *user_data)
{
    struct listening *listening = user_data;
    CHECK(output == listening->output && id > 0 && (code == 0) == (photo != NULL) && detail);
    CHECK_EQ(load(&listening->destroyed), 0);
    store(&listening->running, 1);
    if (listening->remove_inside) {
        OK(camera_output_remove_listener(output, listening->listener));
        CHECK_CODE(camera_output_remove_listener(output, listening->listener), 101);
    } else {
        t_sleep_ms(30);
    }
    add(&listening->calls);
    store(&listening->running, 0);
}

static void listened(void *user_data)
{
    struct listening *listening = user_data;
    CHECK_EQ(load(&listening->running), 0);
    add(&listening->destroyed);
}

static void a_removed_listener_is_not_running(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    struct listening slow = {.output = rig.photo};
    OK(camera_output_add_photo_listener(rig.photo, listen, &slow, listened, &slow.listener));
    OK(camera_output_capture(rig.photo, NULL));
    WAIT_UNTIL(load(&slow.running));
    OK(camera_output_remove_listener(rig.photo, slow.listener));
    CHECK(!load(&slow.running) && load(&slow.destroyed) == 1);
    CHECK_EQ(slow.calls, 1);

    struct listening self = {.output = rig.photo, .remove_inside = true};
    OK(camera_output_add_photo_listener(rig.photo, listen, &self, listened, &self.listener));
    CHECK(self.listener != slow.listener);
    for (int i = 0; i < 3; i++)
        OK(camera_output_capture(rig.photo, NULL));
    WAIT_UNTIL(load(&self.destroyed));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK_EQ(self.calls, 1);
    CHECK_EQ(self.destroyed, 1);
    CHECK_EQ(slow.destroyed, 1);
}

/* --- the manager's end ---------------------------------------------------------------------- */

static int over, told, frames;
static pthread_t dispatching;
static bool only_there; /* everything must be called on that thread */

static void check_thread(void)
{
    CHECK(!load(&over) && !t_inside);
    CHECK(!only_there || pthread_equal(dispatching, pthread_self()));
}
static void tell(int32_t code, const char *detail, void *user_data)
{
    (void)code, (void)detail, (void)user_data;
    check_thread();
    add(&told);
}
static void see(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    check_thread();
    add(&frames);
}
static void listen_for_photo(camera_output *output, uint32_t id, int32_t code, const char *detail,
                             camera_photo *photo, void *user_data)
{
    (void)output, (void)id, (void)code, (void)detail, (void)photo, (void)user_data;
    check_thread();
}
static void log_message(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    CHECK(level >= CAMERA_LOG_LEVEL_ERROR && level <= CAMERA_LOG_LEVEL_DEBUG && *message);
    check_thread();
}
static void destroyed(void *user_data)
{
    check_thread();
    add(user_data);
}

/* Sessions that stream, with every kind of callback; returns how many have a destroy function. */
static int make_busy(int sessions, int *destructions)
{
    int kept = 1;
    OK(camera_manager_set_log_callback(manager, CAMERA_LOG_LEVEL_DEBUG, log_message, destructions,
                                       destroyed));
    for (int i = 0; i < sessions; i++) {
        uint64_t listener = 0;
        struct t_rig rig = t_rig_in(manager, i, STARTED);
        OK(camera_surface_set_callback(rig.view, see, destructions, destroyed));
        OK(camera_output_add_photo_listener(rig.photo, listen_for_photo, destructions, destroyed,
                                            &listener));
        OK(camera_session_add_error_listener(rig.session, tell, destructions, destroyed, &listener));
        OK(camera_output_capture(rig.photo, NULL));
        kept += 3;
        for (int call = 0; call < 20; call++) {
            ACCEPT(camera_session_stop_async(rig.session, tell, NULL));
            ACCEPT(camera_session_start_async(rig.session, tell, NULL));
        }
    }
    return kept;
}

static void after_the_managers_release_nothing_is_called(void)
{
    for (int caller = 0; caller < 2; caller++) {
        int destructions = 0;
        manager = t_manager_of("virtual:8", caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
        dispatching = pthread_self();
        only_there = caller;
        store(&over, 0);
        store(&told, 0);
        int kept = make_busy(4, &destructions);
        OK(camera_manager_release(manager));
        store(&over, 1);
        CHECK_EQ(load(&told), 4 * 40);
        CHECK_EQ(load(&destructions), kept);
        CHECK_CODE(camera_manager_release(manager), 101);
        t_sleep_ms(60);
        CHECK_EQ(load(&told), 4 * 40);
    }
}

static void release_the_manager(int32_t code, const char *detail, void *user_data)
{
    CHECK(code == 0 && *detail == '\0');
    OK(camera_manager_release(manager));
    CHECK_CODE(camera_manager_release(manager), 101);
    store(user_data, 1);
}

/* What was accepted before still completes, after the callback. */
static void a_manager_can_be_released_inside_a_completion(void)
{
    int released = 0, destructions = 0;
    manager = t_manager();
    int kept = make_busy(2, &destructions);
    camera_session *session = t_session(manager);
    OK(camera_session_begin_config(session));
    ACCEPT(camera_session_release_async(session, release_the_manager, &released));
    WAIT_UNTIL(load(&released) && load(&told) == 2 * 40 && load(&destructions) == kept);
    /* The harness waits for the threads to end. */
}

/* --- the application dispatches ------------------------------------------------------------- */

static void the_fd_is_readable_while_something_waits(void)
{
    int fd = -1;
    uint32_t count = 99;
    manager = t_manager_of("virtual:2", CAMERA_DISPATCH_CALLER);
    OK(camera_manager_get_dispatch_fd(manager, &fd));
    CHECK(!readable(fd));
    OK(camera_manager_dispatch(manager, &count));
    CHECK_EQ(count, 0);
    camera_session *session = t_session(manager);
    struct t_results results = T_RESULTS_INIT;
    for (int round = 0; round < 3; round++) {
        ACCEPT(camera_session_stop_async(session, t_completion, t_ticket(&results, 2 * round)));
        ACCEPT(camera_session_stop_async(session, t_completion, t_ticket(&results, 2 * round + 1)));
        struct pollfd entry = {fd, POLLIN, 0};
        CHECK_EQ(poll(&entry, 1, (int)t_limit() * 800), 1);
        CHECK(camera_session_stop(session) != 0); /* both have run now, and wait to be told */
        CHECK(readable(fd));
        CHECK_EQ(t_result_count(&results), 2 * round);
        OK(camera_manager_dispatch(manager, round == 1 ? NULL : &count));
        CHECK_EQ(t_result_count(&results), 2 * round + 2);
        CHECK_EQ(count, round == 1 ? 99 : 2);
        CHECK(!readable(fd));
        count = 99;
    }
    OK(camera_manager_release(manager));
    CHECK_EQ(t_result_count(&results), 6);

    manager = t_manager();
    fd = -7;
    CHECK_CODE(camera_manager_get_dispatch_fd(manager, &fd), 102);
    CHECK_CODE(camera_manager_dispatch(manager, &count), 102);
    CHECK(fd == -7 && count == 99);
    OK(camera_manager_release(manager));
}

static void *release_in_background(void *argument)
{
    (void)argument;
    struct t_rig rig = t_rig_in(manager, 5, COMMITTED);
    uint64_t listener = 0;
    static int destructions;
    OK(camera_output_add_photo_listener(rig.photo, listen_for_photo, &destructions, destroyed,
                                        &listener));
    OK(camera_session_add_error_listener(rig.session, tell, &destructions, destroyed, &listener));
    ACCEPT(camera_output_release_async(rig.photo, tell, NULL));
    ACCEPT(camera_session_release_async(rig.session, tell, NULL));
    WAIT_UNTIL(load(&destructions) == 2);
    return NULL;
}

/* Frames, photos, completions, messages, destroy functions: all inside camera_manager_dispatch().
   Another thread calls meanwhile. */
static void only_the_dispatching_thread_is_used(void)
{
    int fd = -1, destructions = 0;
    manager = t_manager_of("virtual:8", CAMERA_DISPATCH_CALLER);
    dispatching = pthread_self();
    only_there = true;
    OK(camera_manager_get_dispatch_fd(manager, &fd));
    make_busy(4, &destructions);
    pthread_t thread = start_thread(release_in_background, NULL);
    int64_t end = t_now_ms() + t_limit() * 800;
    while (load(&frames) < 40 || load(&told) < 4 * 40 + 2) {
        struct pollfd entry = {fd, POLLIN, 0};
        CHECK(t_now_ms() < end && poll(&entry, 1, 1000) >= 0);
        OK(camera_manager_dispatch(manager, NULL));
    }
    CHECK_EQ(pthread_join(thread, NULL), 0);
    OK(camera_manager_release(manager));
}

static int held_up, let_go;

static void hold_up(int32_t code, const char *detail, void *user_data)
{
    uint32_t count = 77;
    (void)code, (void)detail, (void)user_data;
    CHECK_CODE(camera_manager_dispatch(manager, &count), 102);
    CHECK_EQ(count, 77);
    store(&held_up, 1);
    WAIT_UNTIL(load(&let_go));
    t_sleep_ms(100);
    store(&held_up, 2);
}

static void *dispatch_once(void *argument)
{
    (void)argument;
    OK(camera_manager_dispatch(manager, NULL));
    return NULL;
}

/* Nested, or on a second thread, dispatch is refused; and a release waits for the callback that
   another thread is in. */
static void one_thread_dispatches_at_a_time(void)
{
    manager = t_manager_of("virtual:1", CAMERA_DISPATCH_CALLER);
    camera_session *session = t_session(manager);
    ACCEPT(camera_session_release_async(session, hold_up, NULL));
    CHECK(camera_session_release(session) != 0);
    pthread_t thread = start_thread(dispatch_once, NULL);
    WAIT_UNTIL(load(&held_up));
    CHECK_CODE(camera_manager_dispatch(manager, NULL), 102);
    store(&let_go, 1);
    OK(camera_manager_release(manager));
    CHECK_EQ(load(&held_up), 2);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(unawaited_calls_run_in_order),
        CASE(blocking_calls_take_their_place),
        CASE(operations_of_an_output_run_in_order),
        CASE(operations_of_an_input_run_in_order),
        CASE(sessions_do_not_wait_for_each_other),
        CASE(completions_come_exactly_once),
        CASE(of_two_that_begin_one_wins),
        CASE(blocking_calls_work_inside_completions),
        CASE(everything_can_be_released_inside_a_frame_callback),
        CASE(calls_work_inside_destroy),
        CASE(a_removed_listener_is_not_running),
        CASE(after_the_managers_release_nothing_is_called),
        CASE(a_manager_can_be_released_inside_a_completion),
        CASE(the_fd_is_readable_while_something_waits),
        CASE(only_the_dispatching_thread_is_used),
        CASE(one_thread_dispatches_at_a_time),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
