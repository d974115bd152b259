/*
 * test_status.c: what managers tell of their cameras and inputs of their devices, on virtual
 * cameras: who is told first of what is there, use and end of use, over managers too; listeners
 * that come and go, from inside as well; the end of what they listen to; wrong arguments.
 * test_unplug.c has cameras that come and go.
 */
#include "t_status.h"

enum { APPEAR = CAMERA_STATUS_APPEAR, UNAVAILABLE = CAMERA_STATUS_UNAVAILABLE };

static camera_session *session_with(camera_manager *manager, camera_input *input)
{
    camera_session *session = t_session(manager);
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    return session;
}

/* Dispatches everything that waits; what that causes, too. */
static void dispatch(camera_manager *manager)
{
    for (uint32_t count = 1; count > 0;)
        OK(camera_manager_dispatch(manager, &count));
}

static void what_is_there_is_told_first_and_then_what_changes(void)
{
    static struct t_diary first = T_DIARY_INIT, second = T_DIARY_INIT, third = T_DIARY_INIT;
    camera_manager *manager = t_manager_of("virtual:3", CAMERA_DISPATCH_CALLER);
    camera_input *input = t_input(manager, 1, true);
    t_listen(&first, manager);
    CHECK_EQ(t_entered(&first), 0); /* never inside the call, and here nobody dispatches */
    camera_session *session = session_with(manager, input);
    t_listen(&second, manager);
    dispatch(manager);
    t_check_statuses(&first, 0, "+virtual:0 +virtual:1 +virtual:2 uvirtual:1");
    t_check_statuses(&second, 0, "+virtual:0 +virtual:1 uvirtual:1 +virtual:2");
    /* Nothing is told of what is no change. */
    camera_input *other = t_input(manager, 1, true);
    camera_session *refused = t_session(manager);
    OK(camera_session_begin_config(refused));
    CHECK_CODE(camera_session_add_input(refused, other), 102);
    OK(camera_input_release(other));
    dispatch(manager);
    CHECK(t_entered(&first) == 4 && t_entered(&second) == 4);
    OK(camera_session_remove_input(session, input));
    OK(camera_session_add_input(session, input));
    OK(camera_session_release(session));
    t_listen(&third, manager);
    dispatch(manager);
    t_check_statuses(&first, 4, "ovirtual:1 uvirtual:1 ovirtual:1");
    t_check_statuses(&second, 4, "ovirtual:1 uvirtual:1 ovirtual:1");
    t_check_statuses(&third, 0, "+virtual:0 +virtual:1 +virtual:2");
    OK(camera_manager_release(manager));
    CHECK(first.destroyed == 1 && second.destroyed == 1 && third.destroyed == 1);
}

struct toggled {
    camera_session *session;
    camera_input *input;
    int stop;
};

static void *toggle(void *data)
{
    struct toggled *toggled = data;
    while (!__atomic_load_n(&toggled->stop, __ATOMIC_SEQ_CST)) {
        OK(camera_session_add_input(toggled->session, toggled->input));
        OK(camera_session_remove_input(toggled->session, toggled->input));
        t_sleep_ms(1); /* or the events would be more than can be told */
    }
    return NULL;
}

/* Whatever happens while a listener comes, it knows in the end what is. */
static void replay_and_changes_fit_together(void)
{
    enum { ROUNDS = 200 };
    static struct t_diary diaries[ROUNDS];
    camera_manager *manager = t_manager_of("virtual:2", CAMERA_DISPATCH_LIBRARY);
    camera_input *input = t_input(manager, 0, true);
    camera_session *session = t_session(manager);
    long rounds = t_scaled(ROUNDS);
    pthread_t thread;
    struct toggled both = {session, input, 0};
    OK(camera_session_begin_config(session));
    CHECK(pthread_create(&thread, NULL, toggle, &both) == 0);
    for (long i = 0; i < rounds; i++) {
        pthread_mutex_init(&diaries[i].lock, NULL);
        uint64_t listener = t_listen(&diaries[i], manager);
        WAIT_UNTIL(t_entered(&diaries[i]) >= 4);
        OK(camera_manager_remove_listener(manager, listener));
        CHECK_EQ(diaries[i].destroyed, 1);
        bool used = false, there = false;
        for (size_t j = 0; j < diaries[i].count; j++) {
            if (strcmp(diaries[i].at[j].id, "virtual:0") != 0)
                continue;
            int what = diaries[i].at[j].what;
            CHECK(what == APPEAR ? !there : there);
            there = true;
            if (what != APPEAR) {
                CHECK(used == (what == CAMERA_STATUS_AVAILABLE)); /* none is lost, none is doubled */
                used = what == UNAVAILABLE;
            }
        }
    }
    __atomic_store_n(&both.stop, 1, __ATOMIC_SEQ_CST);
    pthread_join(thread, NULL);
    OK(camera_manager_release(manager));
}

/* --- the end of listeners -------------------------------------------------------------------- */

struct meddler {
    camera_manager *manager;
    camera_input *input;
    uint64_t listener;
    int calls, destroyed, release;
};

static void destroyed(void *user_data)
{
    __atomic_add_fetch(&((struct meddler *)user_data)->destroyed, 1, __ATOMIC_SEQ_CST);
}

static void ignore(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    (void)manager;
    (void)event;
    (void)user_data;
}

static void ignore_input(camera_input *input, const camera_input_event *event, void *user_data)
{
    (void)input;
    (void)event;
    (void)user_data;
}

static void meddle(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    struct meddler *meddler = user_data;
    uint64_t other = 0;
    (void)event;
    meddler->calls++;
    if (meddler->release) { /* what was told before still comes */
        CHECK_CODE(camera_manager_release(manager), meddler->calls == 1 ? 0 : 101);
        return;
    }
    /* Others come and go from inside, and the call is the last of this one. */
    OK(camera_manager_add_listener(manager, ignore, NULL, NULL, &other));
    OK(camera_manager_remove_listener(manager, other));
    OK(camera_input_add_listener(meddler->input, ignore_input, NULL, NULL, &other));
    OK(camera_input_remove_listener(meddler->input, other));
    OK(camera_manager_remove_listener(manager, meddler->listener));
    CHECK_CODE(camera_manager_remove_listener(manager, meddler->listener), 101);
    CHECK_EQ(meddler->destroyed, 0);
}

static void a_listener_may_remove_itself_and_others(void)
{
    for (int caller = 0; caller < 2; caller++) {
        camera_manager *manager =
            t_manager_of("virtual:3", caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
        struct meddler meddler = {manager, t_input(manager, 0, false), 0, 0, 0, 0};
        uint64_t number = 0;
        meddler.listener = 1; /* the first of its manager; its first call may come before the number */
        OK(camera_manager_add_listener(manager, meddle, &meddler, destroyed, &number));
        CHECK_EQ(number, 1);
        if (caller)
            dispatch(manager);
        WAIT_UNTIL(__atomic_load_n(&meddler.destroyed, __ATOMIC_SEQ_CST) == 1);
        CHECK_EQ(meddler.calls, 1);
        OK(camera_manager_release(manager));
        CHECK_EQ(meddler.destroyed, 1);
    }
}

static void a_listener_may_release_its_manager(void)
{
    for (int caller = 0; caller < 2; caller++) {
        camera_manager *manager =
            t_manager_of("virtual:3", caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
        struct meddler meddler = {manager, NULL, 0, 0, 0, 1};
        OK(camera_manager_add_listener(manager, meddle, &meddler, destroyed, &meddler.listener));
        if (caller)
            OK(camera_manager_dispatch(manager, NULL));
        WAIT_UNTIL(__atomic_load_n(&meddler.destroyed, __ATOMIC_SEQ_CST) == 1);
        CHECK_EQ(meddler.calls, 3);
        CHECK_CODE(camera_manager_release(manager), 101);
    }
}

/* What was told before still reaches the listeners, and they end behind it. */
static void the_end_of_a_manager_is_the_end_of_its_listeners(void)
{
    for (int caller = 0; caller < 2; caller++) {
        static struct t_diary told[2] = {T_DIARY_INIT, T_DIARY_INIT}, input_told = T_DIARY_INIT;
        camera_manager *manager =
            t_manager_of("virtual:2", caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
        camera_input *input = t_input(manager, 0, true);
        size_t before = t_entered(&told[caller]);
        t_listen(&told[caller], manager);
        t_listen_input(&input_told, input);
        session_with(manager, input);
        OK(camera_manager_release(manager));
        t_check_statuses(&told[caller], before, "+virtual:0 +virtual:1 uvirtual:0 ovirtual:0");
        CHECK_EQ(told[caller].destroyed, 1);
        CHECK_EQ(input_told.destroyed, caller + 1);
        CHECK_EQ(input_told.count, 0); /* the application did it all itself */
    }
}

static void the_end_of_an_input_is_the_end_of_its_listeners(void)
{
    static struct t_diary diary = T_DIARY_INIT, other = T_DIARY_INIT;
    camera_manager *manager = t_manager_of("virtual:1", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    uint64_t listener = t_listen_input(&diary, rig.input);
    t_listen_input(&other, rig.input);
    OK(camera_input_remove_listener(rig.input, listener));
    CHECK_EQ(diary.destroyed, 1);
    CHECK_CODE(camera_input_remove_listener(rig.input, listener), 101);
    OK(camera_input_close(rig.input));
    listener = t_listen_input(&diary, rig.input); /* a closed one may be listened to, in vain */
    OK(camera_input_release(rig.input));
    WAIT_UNTIL(t_closed(&diary) == 2 && t_closed(&other) == 1);
    CHECK_CODE(camera_input_remove_listener(rig.input, listener), 201);
    CHECK_CODE(camera_input_add_listener(rig.input, t_on_input, &diary, t_close_diary, &listener), 201);
    CHECK(diary.count == 0 && other.count == 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK(diary.destroyed == 2 && other.destroyed == 1);
}

/* --- over managers --------------------------------------------------------------------------- */

static void virtual_cameras_of_two_managers_are_two(void)
{
    static struct t_diary one = T_DIARY_INIT, other = T_DIARY_INIT;
    camera_manager *first = t_manager_of("virtual:1", CAMERA_DISPATCH_CALLER);
    camera_manager *second = t_manager_of("virtual:1", CAMERA_DISPATCH_CALLER);
    t_listen(&one, first);
    t_listen(&other, second);
    /* Objects of different managers may be combined: the camera is its input's. */
    camera_session *session = session_with(second, t_input(first, 0, true));
    dispatch(first);
    dispatch(second);
    t_check_statuses(&one, 0, "+virtual:0 uvirtual:0");
    t_check_statuses(&other, 0, "+virtual:0");
    OK(camera_session_release(session));
    dispatch(first);
    t_check_statuses(&one, 2, "ovirtual:0");
    OK(camera_manager_release(first));
    OK(camera_manager_release(second));
}

/* --- arguments ------------------------------------------------------------------------------- */

static void never(void *user_data)
{
    (void)user_data;
    FAIL("destroyed although it was refused");
}

static void wrong_arguments_are_refused(void)
{
    camera_manager *manager = t_manager_of("virtual:1", CAMERA_DISPATCH_LIBRARY);
    camera_manager *gone = t_manager_of("virtual:1", CAMERA_DISPATCH_LIBRARY);
    camera_input *input = t_input(manager, 0, false), *old = t_input(gone, 0, false);
    uint64_t number = 7;
    OK(camera_manager_release(gone));
    struct {
        camera_manager *manager;
        camera_input *input;
        int manager_code, input_code;
    } bad[] = {
        {NULL, NULL, 101, 101},
        {(camera_manager *)input, (camera_input *)manager, 101, 101},
        {(camera_manager *)&number, (camera_input *)&number, 101, 101},
        {gone, old, 101, 201},
    };
    for (size_t i = 0; i < T_COUNT(bad); i++) {
        CHECK_CODE(camera_manager_add_listener(bad[i].manager, ignore, NULL, never, &number), bad[i].manager_code);
        CHECK_CODE(camera_manager_remove_listener(bad[i].manager, 1), bad[i].manager_code);
        CHECK_CODE(camera_input_add_listener(bad[i].input, ignore_input, NULL, never, &number), bad[i].input_code);
        CHECK_CODE(camera_input_remove_listener(bad[i].input, 1), bad[i].input_code);
    }
    CHECK_CODE(camera_manager_add_listener(manager, NULL, NULL, never, &number), 101);
    CHECK_CODE(camera_manager_add_listener(manager, ignore, NULL, never, NULL), 101);
    CHECK_CODE(camera_input_add_listener(input, NULL, NULL, never, &number), 101);
    CHECK_CODE(camera_input_add_listener(input, ignore_input, NULL, never, NULL), 101);
    for (uint64_t none = 0; none < 2; none++) {
        CHECK_CODE(camera_manager_remove_listener(manager, none), 101);
        CHECK_CODE(camera_input_remove_listener(input, none), 101);
    }
    CHECK_EQ(number, 7);
    OK(camera_manager_release(manager));
}

/* The watch is closed with the last listener, and nothing is open for those who do not listen. */
static void nothing_is_open_without_listeners(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    camera_manager *manager = t_manager_of("v4l2,virtual:1", CAMERA_DISPATCH_LIBRARY);
    camera_list *list = NULL;
    camera_input *input = t_input(manager, 0, true);
    OK(camera_manager_list_cameras(manager, &list));
    int before = t_entries("/proc/self/fd", false);
    uint64_t listener = t_listen(&diary, manager);
    WAIT_UNTIL(t_entered(&diary) >= 1);
    CHECK(t_entries("/proc/self/fd", false) > before);
    uint64_t other = t_listen_input(&diary, input);
    OK(camera_manager_remove_listener(manager, listener));
    CHECK(t_entries("/proc/self/fd", false) > before);
    OK(camera_input_remove_listener(input, other));
    WAIT_UNTIL(t_entries("/proc/self/fd", false) == before);
    OK(camera_list_release(list));
    OK(camera_manager_release(manager));
}

/* Neither inotify nor the kernel's messages can be had: refused, with the reason of both. */
static void what_cannot_be_watched_is_refused(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    uint64_t number = 7;
    t_forbid(SYS_socket);
    t_forbid(SYS_inotify_init1);
    camera_manager *manager = t_manager_of("v4l2,virtual:1", CAMERA_DISPATCH_LIBRARY);
    camera_manager *other = t_manager_of("virtual:1", CAMERA_DISPATCH_LIBRARY);
    camera_input *input = t_input(manager, 0, true);
    int before = t_entries("/proc/self/fd", false);
    CHECK_CODE(camera_manager_add_listener(manager, ignore, NULL, never, &number), 201);
    printf("  %s\n", camera_error_detail());
    CHECK(strstr(camera_error_detail(), "netlink: EPERM") && strstr(camera_error_detail(), "inotify on /dev: EPERM"));
    CHECK_CODE(camera_input_add_listener(input, ignore_input, NULL, never, &number), 201);
    CHECK(number == 7);
    CHECK_EQ(t_entries("/proc/self/fd", false), before);
    /* Cameras that do not come or go need no watch. */
    t_listen(&diary, other);
    WAIT_UNTIL(t_entered(&diary) == 1);
    OK(camera_manager_release(manager));
    OK(camera_manager_release(other));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(what_is_there_is_told_first_and_then_what_changes),
        CASE(replay_and_changes_fit_together),
        CASE(a_listener_may_remove_itself_and_others),
        CASE(a_listener_may_release_its_manager),
        CASE(the_end_of_a_manager_is_the_end_of_its_listeners),
        CASE(the_end_of_an_input_is_the_end_of_its_listeners),
        CASE(virtual_cameras_of_two_managers_are_two),
        CASE(wrong_arguments_are_refused),
        CASE(nothing_is_open_without_listeners),
        CASE(what_cannot_be_watched_is_refused),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
