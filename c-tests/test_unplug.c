/*
 * VM: cameras that are unplugged and plugged in again, on the kernel's camera simulator (vivid),
 * whose driver is taken from its devices and given back: with nothing running, an open input, a
 * committed session, a stream; over and over; while everything ends; without permission at first;
 * and its module taken out of the kernel.
 */
#include "plug.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { APPEAR = CAMERA_STATUS_APPEAR, DISAPPEAR = CAMERA_STATUS_DISAPPEAR, GONE = 7400108 };

/* Waits until this was told from an entry on, and answers when. */
static int64_t await(struct t_diary *diary, size_t from, enum t_teller teller, int what, const char *id)
{
    int64_t end = t_now_ms() + t_limit() * 800;
    int at;
    while ((at = t_find(diary, from, teller, what, id)) < 0) {
        if (t_now_ms() > end) {
            t_print(diary, 0);
            FAIL("%d of %s was never told", what, id ? id : "anyone");
        }
        t_sleep_ms(1);
    }
    return diary->at[at].ms;
}

static void await_both(struct t_diary *diary, size_t from, int status, const struct ids *ids)
{
    await(diary, from, MANAGER, status, ids->at[0]);
    await(diary, from, MANAGER, status, ids->at[1]);
}

static int told(struct t_diary *diary, size_t from, enum t_teller teller, int what, const char *id)
{
    int count = 0;
    for (int at; (at = t_find(diary, from, teller, what, id)) >= 0; from = (size_t)at + 1)
        count++;
    return count;
}

/* Someone who believes every status never hears one that makes no sense. */
static void check_sense(struct t_diary *diary, const struct ids *ids, bool there_at_last)
{
    bool there[2] = {false, false};
    pthread_mutex_lock(&diary->lock);
    for (size_t i = 0; i < diary->count; i++) {
        if (diary->at[i].teller != MANAGER)
            continue;
        int camera = strcmp(diary->at[i].id, ids->at[1]) == 0;
        CHECK(strcmp(diary->at[i].id, ids->at[camera]) == 0);
        CHECK(diary->at[i].what == APPEAR ? !there[camera] : there[camera]);
        if (diary->at[i].what == APPEAR || diary->at[i].what == DISAPPEAR)
            there[camera] = diary->at[i].what == APPEAR;
    }
    pthread_mutex_unlock(&diary->lock);
    CHECK(there[0] == there_at_last && there[1] == there_at_last);
}

/* --- with nothing running --------------------------------------------------------------------- */

static void cameras_go_and_come_with_their_ids(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    plugged_in();
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    struct ids ids = ids_of(manager);
    t_listen(&diary, manager);
    await_both(&diary, 0, APPEAR, &ids);
    for (int round = 0; round < 5; round++) {
        size_t from = t_entered(&diary);
        int64_t begin = t_now_ms();
        plug(false);
        int64_t end = t_now_ms();
        await_both(&diary, from, DISAPPEAR, &ids);
        int64_t gone[2] = {await(&diary, from, MANAGER, DISAPPEAR, ids.at[0]), await(&diary, from, MANAGER, DISAPPEAR, ids.at[1])};
        from = t_entered(&diary);
        int64_t again = t_now_ms();
        plug(true);
        int64_t back = t_now_ms();
        await_both(&diary, from, APPEAR, &ids);
        printf("  unbind took %d ms, told %d and %d ms after its begin; bind took %d ms, told %d and %d ms after its begin\n",
               (int)(end - begin), (int)(gone[0] - begin), (int)(gone[1] - begin), (int)(back - again),
               (int)(await(&diary, from, MANAGER, APPEAR, ids.at[0]) - again),
               (int)(await(&diary, from, MANAGER, APPEAR, ids.at[1]) - again));
        struct ids now = ids_of(manager);
        CHECK(strcmp(now.at[0], ids.at[0]) == 0 && strcmp(now.at[1], ids.at[1]) == 0);
    }
    CHECK_EQ(t_entered(&diary), 2 + 5 * 4);
    check_sense(&diary, &ids, true);
    OK(camera_manager_release(manager));
}

/* The default: a virtual camera while there are no others. */
static void the_virtual_camera_stands_in(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    plugged_in();
    camera_manager *manager = t_manager_of(NULL, CAMERA_DISPATCH_LIBRARY);
    struct ids ids = ids_of(manager);
    t_listen(&diary, manager);
    plug(false);
    await(&diary, 0, MANAGER, APPEAR, "virtual:0");
    await_both(&diary, 0, DISAPPEAR, &ids);
    size_t from = t_entered(&diary);
    CHECK_EQ(t_find(&diary, 0, MANAGER, APPEAR, "virtual:0"), (int)from - 1);
    plug(true);
    await_both(&diary, from, APPEAR, &ids);
    CHECK_EQ(t_find(&diary, from, MANAGER, DISAPPEAR, "virtual:0"), (int)from);
    OK(camera_manager_release(manager));
}

static void the_application_dispatches(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    struct pollfd ready = {-1, POLLIN, 0};
    uint32_t count = 0;
    plugged_in();
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_CALLER);
    struct ids ids = ids_of(manager);
    OK(camera_manager_get_dispatch_fd(manager, &ready.fd));
    t_listen(&diary, manager);
    CHECK_EQ(t_entered(&diary), 0);
    OK(camera_manager_dispatch(manager, &count));
    CHECK(t_entered(&diary) == 2);
    CHECK_EQ(poll(&ready, 1, 0), 0);
    plug(false);
    while (t_entered(&diary) < 4) {
        CHECK_EQ(poll(&ready, 1, (int)t_limit() * 800), 1);
        OK(camera_manager_dispatch(manager, &count));
    }
    check_sense(&diary, &ids, false);
    plug(true);
    OK(camera_manager_release(manager)); /* perhaps with news that wait */
    CHECK_EQ(diary.destroyed, 1);
}

static void over_and_over_without_a_pause(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    plugged_in();
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    struct ids ids = ids_of(manager);
    t_listen(&diary, manager);
    for (int round = 0; round < 10; round++) {
        plug(false);
        plug(true);
    }
    size_t before;
    do { /* what still comes comes soon */
        before = t_entered(&diary);
        t_sleep_ms(1000);
    } while (t_entered(&diary) != before);
    check_sense(&diary, &ids, true);
    printf("  %d times unplugged, told %d times\n", 10, told(&diary, 0, MANAGER, DISAPPEAR, ids.at[0]));
    CHECK(told(&diary, 0, MANAGER, DISAPPEAR, ids.at[0]) >= 1);
    OK(camera_manager_release(manager));
}

/* --- in use ----------------------------------------------------------------------------------- */

struct use {
    camera_manager *manager;
    struct ids ids;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview;
    camera_session *session;
    struct t_diary *diary;
};

/* An open input and a session, committed or started, and one list of what all of them tell. */
static struct use used(struct t_diary *diary, int camera, bool started)
{
    static const uint32_t formats[] = {T_YUYV, CAMERA_FOURCC('N', 'M', '1', '2')};
    uint64_t listener = 0;
    struct use use = {NULL, {{"", ""}}, NULL, NULL, NULL, NULL, diary};
    plugged_in();
    use.manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    use.ids = ids_of(use.manager);
    OK(camera_manager_create_input(use.manager, use.ids.at[camera], &use.input));
    OK(camera_input_open(use.input));
    use.surface = t_surface(use.manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    use.preview = t_preview(use.manager, formats[camera], 320, 180, use.surface);
    use.session = t_session(use.manager);
    t_listen(diary, use.manager);
    t_listen_input(diary, use.input);
    OK(camera_session_add_error_listener(use.session, t_on_session, diary, NULL, &listener));
    OK(camera_session_begin_config(use.session));
    OK(camera_session_add_input(use.session, use.input));
    OK(camera_session_add_output(use.session, use.preview));
    OK(camera_session_commit_config(use.session));
    if (started)
        OK(camera_session_start(use.session));
    return use;
}

/* Everything about the loss of this camera was told once, and in order. */
static void check_loss(struct use *use, const char *id)
{
    await(use->diary, 0, SESSION, GONE, NULL);
    await(use->diary, 0, MANAGER, DISAPPEAR, id);
    await(use->diary, 0, INPUT, GONE, NULL);
    t_sleep_ms(500); /* nothing follows */
    int order[] = {t_find(use->diary, 0, MANAGER, DISAPPEAR, id), t_find(use->diary, 0, INPUT, GONE, NULL),
                   t_find(use->diary, 0, SESSION, GONE, NULL)};
    if (order[0] > order[1] || order[1] > order[2]) {
        t_print(use->diary, 0);
        FAIL("told in another order");
    }
    CHECK_EQ(told(use->diary, 0, MANAGER, DISAPPEAR, id), 1);
    CHECK_EQ(told(use->diary, 0, INPUT, GONE, NULL), 1);
    CHECK_EQ(told(use->diary, 0, SESSION, GONE, NULL), 1);
    printf("  %s\n", use->diary->at[order[2]].detail);
}

static uint32_t sum_of(camera_frame *frame)
{
    uint32_t sum = 1;
    for (uint32_t i = 0; i < t_info(frame).plane_count; i++) {
        camera_plane plane = CAMERA_PLANE_INIT;
        OK(camera_frame_get_plane(frame, i, &plane));
        const unsigned char *bytes = plane.data;
        for (size_t at = 0; at < plane.length; at++)
            sum = sum * 31 + bytes[at];
    }
    return sum;
}

static int64_t processor_ms(void)
{
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* A new input of a camera that is back opens it, and a session streams from it. */
static void check_new_use(struct use *use, const char *id, uint32_t format)
{
    camera_input *input = NULL;
    camera_surface *surface = t_surface(use->manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_output *preview = t_preview(use->manager, format, 320, 180, surface);
    camera_session *session = t_session(use->manager);
    OK(camera_manager_create_input(use->manager, id, &input));
    OK(camera_input_open(input));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    for (int i = 0; i < 5; i++)
        OK(camera_frame_release(t_frame(surface)));
    OK(camera_session_release(session));
    OK(camera_input_release(input));
}

static void unplugged_while_it_streams(int camera)
{
    static struct t_diary diary = T_DIARY_INIT;
    struct use use = used(&diary, camera, true);
    const char *id = use.ids.at[camera];
    camera_frame *frame = t_frame(use.surface);
    uint32_t format = t_info(frame).format;
    uint32_t sum = sum_of(frame);
    plug(false);
    check_loss(&use, id);
    int64_t before = processor_ms(), begin = t_now_ms();
    t_sleep_ms(1000);
    int64_t spent = processor_ms() - before;
    printf("  %d ms of processor time in the second after\n", (int)spent);
    CHECK(spent < (t_now_ms() - begin) / 2); /* nothing spins */
    CHECK_EQ(sum_of(frame), sum);
    int32_t code = camera_session_stop(use.session);
    CHECK(code == 0 || code == 7400201);
    CHECK_EQ(t_state(use.session), COMMITTED);
    CHECK_CODE(camera_session_start(use.session), 108);
    CHECK_CODE(camera_session_stop(use.session), 201);
    OK(camera_session_begin_config(use.session));
    CHECK_CODE(camera_session_commit_config(use.session), 108);
    /* Back: a new input works, while the old one still holds the old device. */
    size_t from = t_entered(&diary);
    plug(true);
    await_both(&diary, from, APPEAR, &use.ids);
    CHECK_CODE(camera_session_commit_config(use.session), 108);
    OK(camera_session_remove_input(use.session, use.input));
    check_new_use(&use, id, format);
    OK(camera_session_release(use.session));
    OK(camera_input_release(use.input));
    CHECK_EQ(sum_of(frame), sum);
    check_sense(&diary, &use.ids, true);
    OK(camera_manager_release(use.manager));
    CHECK_EQ(sum_of(frame), sum);
    OK(camera_frame_release(frame));
    CHECK_EQ(t_closed(&diary), 2);
}

static void unplugged_while_it_streams_from_one_memory(void) { unplugged_while_it_streams(0); }
static void unplugged_while_it_streams_from_several_memories(void) { unplugged_while_it_streams(1); }

static void unplugged_while_it_stands_still(void)
{
    static struct t_diary diary = T_DIARY_INIT, idle = T_DIARY_INIT;
    struct use use = used(&diary, 0, false);
    camera_input *other = NULL, *never_opened = NULL;
    OK(camera_manager_create_input(use.manager, use.ids.at[1], &other));
    OK(camera_input_open(other));
    t_listen_input(&idle, other);
    OK(camera_manager_create_input(use.manager, use.ids.at[1], &never_opened));
    plug(false);
    check_loss(&use, use.ids.at[0]);
    await(&idle, 0, INPUT, GONE, NULL);
    CHECK_EQ(t_entered(&idle), 1);
    CHECK_CODE(camera_input_open(never_opened), 108);
    CHECK_CODE(camera_session_start(use.session), 108);
    CHECK_EQ(t_state(use.session), COMMITTED);
    CHECK_EQ(told(&diary, 0, SESSION, GONE, NULL), 1);
    size_t from = t_entered(&diary);
    plug(true);
    await_both(&diary, from, APPEAR, &use.ids);
    OK(camera_input_open(never_opened));
    OK(camera_session_release(use.session));
    OK(camera_manager_release(use.manager));
    CHECK(idle.destroyed == 1 && idle.count == 1);
}

/* Nobody listens to the input: the session that stands still is told because of the manager's. */
static void a_session_is_told_because_of_the_managers_listener(void)
{
    static struct t_diary diary = T_DIARY_INIT, unused = T_DIARY_INIT;
    struct use use = used(&unused, 1, false);
    uint64_t listener = 0;
    OK(camera_session_add_error_listener(use.session, t_on_session, &diary, NULL, &listener));
    OK(camera_input_remove_listener(use.input, 1));
    plug(false);
    await(&diary, 0, SESSION, GONE, NULL);
    await(&unused, 0, MANAGER, DISAPPEAR, use.ids.at[1]);
    OK(camera_manager_release(use.manager));
    CHECK_EQ(t_entered(&diary), 1);
}

/* Nobody listens to manager or input: the session is told all the same. */
static void a_session_alone_is_told(void)
{
    static struct t_diary diary = T_DIARY_INIT, unused = T_DIARY_INIT;
    struct use use = used(&unused, 0, false);
    uint64_t listener = 0;
    OK(camera_session_add_error_listener(use.session, t_on_session, &diary, NULL, &listener));
    OK(camera_manager_remove_listener(use.manager, 1));
    OK(camera_input_remove_listener(use.input, 1));
    CHECK_EQ(unused.destroyed, 2);
    OK(camera_session_start(use.session));
    OK(camera_frame_release(t_frame(use.surface)));
    plug(false);
    await(&diary, 0, SESSION, GONE, NULL);
    OK(camera_session_release(use.session));
    CHECK_EQ(t_entered(&diary), 1);
    OK(camera_manager_release(use.manager));
    plug(true);
}

/* The node stays, and every call answers ENODEV until the last one who has it open lets go. */
static void gone_with_its_node_in_place(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    struct use use = used(&diary, 0, true);
    OK(camera_frame_release(t_frame(use.surface)));
    CHECK_EQ(system("v4l2-ctl -d /dev/video0 -c disconnect=1"), 0);
    check_loss(&use, use.ids.at[0]);
    CHECK_EQ(told(&diary, 0, MANAGER, APPEAR, use.ids.at[0]), 1);
    CHECK_EQ(told(&diary, 0, MANAGER, DISAPPEAR, use.ids.at[1]), 0);
    size_t from = t_entered(&diary);
    OK(camera_surface_release(use.surface)); /* its frames have the device open, too */
    OK(camera_session_release(use.session));
    await(&diary, from, MANAGER, APPEAR, use.ids.at[0]);
    check_new_use(&use, use.ids.at[0], T_YUYV);
    OK(camera_manager_release(use.manager));
}

static void *unplug(void *delay)
{
    t_sleep_ms(*(long *)delay);
    plug(false);
    return NULL;
}

/* It goes at any moment of the end of everything. */
static void unplugged_while_everything_ends(void)
{
    for (long delay = 0; delay < 60; delay += 12) {
        static struct t_diary diaries[5];
        struct t_diary *diary = &diaries[delay / 12];
        pthread_t thread;
        pthread_mutex_init(&diary->lock, NULL);
        struct use use = used(diary, (int)(delay / 12 % 2), true);
        OK(camera_frame_release(t_frame(use.surface)));
        CHECK(pthread_create(&thread, NULL, unplug, &delay) == 0);
        if (delay % 24 == 0)
            (void)camera_session_stop(use.session);
        OK(camera_manager_release(use.manager));
        pthread_join(thread, NULL);
        CHECK_EQ(diary->destroyed, 2);
        CHECK(told(diary, 0, SESSION, GONE, NULL) <= 1 && told(diary, 0, INPUT, GONE, NULL) <= 1);
    }
}

/* --- without permission at first -------------------------------------------------------------- */

/* udev gives a node its mode a moment after the kernel made it: the camera is told of once, as what
   it is, to a user who may open it only then. */
static void the_mode_comes_a_moment_later(void)
{
    int ready[2], status = 0;
    char byte = 0;
    plugged_in();
    CHECK(chmod(nodes[0], 0666) == 0 && chmod(nodes[1], 0666) == 0);
    /* What may not be opened counts as a camera: the loopback device shows that it is none now. */
    const char *loopback = getenv("CAMERA_TEST_LOOPBACK");
    CHECK(loopback == NULL || chmod(loopback, 0666) == 0);
    CHECK(pipe(ready) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        static struct t_diary diary = T_DIARY_INIT;
        CHECK(setgid(65534) == 0 && setuid(65534) == 0);
        CHECK(access(nodes[0], R_OK | W_OK) == 0);
        camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
        struct ids ids = ids_of(manager);
        t_listen(&diary, manager);
        await_both(&diary, 0, APPEAR, &ids);
        CHECK(write(ready[1], &byte, 1) == 1);
        await_both(&diary, 0, DISAPPEAR, &ids);
        CHECK(write(ready[1], &byte, 1) == 1);
        await_both(&diary, 4, APPEAR, &ids);
        CHECK_EQ(t_entered(&diary), 6);
        /* And never: it is told of as what can be known of it, and opening it says why not. */
        CHECK(write(ready[1], &byte, 1) == 1);
        await_both(&diary, 6, DISAPPEAR, &ids);
        CHECK(write(ready[1], &byte, 1) == 1);
        WAIT_UNTIL(t_entered(&diary) == 10);
        CHECK(diary.at[8].what == APPEAR && diary.at[9].what == APPEAR);
        camera_input *input = NULL;
        OK(camera_manager_create_input(manager, diary.at[8].id, &input));
        CHECK_CODE(camera_input_open(input), 102);
        printf("  %s\n", camera_error_detail());
        /* Until it gets its mode after all. */
        CHECK(write(ready[1], &byte, 1) == 1);
        await_both(&diary, 10, APPEAR, &ids);
        OK(camera_manager_release(manager));
        _exit(0);
    }
    for (int round = 0; round < 2; round++) {
        CHECK(read(ready[0], &byte, 1) == 1);
        plug(false);
        CHECK(read(ready[0], &byte, 1) == 1);
        plug(true);
        if (round == 0)
            CHECK(chmod(nodes[0], 0666) == 0 && chmod(nodes[1], 0666) == 0);
    }
    CHECK(read(ready[0], &byte, 1) == 1);
    CHECK(chmod(nodes[0], 0666) == 0 && chmod(nodes[1], 0666) == 0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    close(ready[0]);
    close(ready[1]);
}

/* --- one source alone ------------------------------------------------------------------------- */

static void watched_without(long call)
{
    static struct t_diary diary = T_DIARY_INIT;
    plugged_in();
    t_forbid(call);
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    struct ids ids = ids_of(manager);
    t_listen(&diary, manager);
    for (int round = 0; round < 3; round++) {
        size_t from = t_entered(&diary);
        plug(false);
        await_both(&diary, from, DISAPPEAR, &ids);
        from = t_entered(&diary);
        plug(true);
        await_both(&diary, from, APPEAR, &ids);
    }
    check_sense(&diary, &ids, true);
    OK(camera_manager_release(manager));
}

static void inotify_alone_tells(void) { watched_without(SYS_socket); }
static void the_kernels_messages_alone_tell(void) { watched_without(SYS_inotify_init1); }

/* --- the module ------------------------------------------------------------------------------- */

static void the_module_is_taken_out(void)
{
    static struct t_diary diary = T_DIARY_INIT;
    struct use use = used(&diary, 0, true);
    OK(camera_frame_release(t_frame(use.surface)));
    CHECK(system("rmmod vivid 2>/dev/null") != 0); /* it is in use, and goes on */
    for (int i = 0; i < 20; i++)
        OK(camera_frame_release(t_frame(use.surface)));
    CHECK(told(&diary, 0, MANAGER, DISAPPEAR, use.ids.at[0]) == 0);
    /* Its devices are taken away first, which is how it goes in spite of that. */
    plug(false);
    check_loss(&use, use.ids.at[0]);
    OK(camera_session_release(use.session));
    OK(camera_output_release(use.preview));
    OK(camera_surface_release(use.surface));
    OK(camera_input_release(use.input));
    CHECK_EQ(system("rmmod vivid"), 0);
    size_t from = t_entered(&diary);
    CHECK_EQ(system(MODULE), 0);
    await_both(&diary, from, APPEAR, &use.ids);
    check_new_use(&use, use.ids.at[0], T_YUYV);
    /* With nothing in use it goes at once. */
    from = t_entered(&diary);
    WAIT_UNTIL(system("rmmod vivid 2>/dev/null") == 0);
    await_both(&diary, from, DISAPPEAR, &use.ids);
    CHECK_EQ(system(MODULE), 0);
    await_both(&diary, from, APPEAR, &use.ids);
    OK(camera_manager_release(use.manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(cameras_go_and_come_with_their_ids),
        CASE(the_virtual_camera_stands_in),
        CASE(the_application_dispatches),
        CASE(over_and_over_without_a_pause),
        CASE(unplugged_while_it_streams_from_one_memory),
        CASE(unplugged_while_it_streams_from_several_memories),
        CASE(unplugged_while_it_stands_still),
        CASE(a_session_is_told_because_of_the_managers_listener),
        CASE(a_session_alone_is_told),
        CASE(gone_with_its_node_in_place),
        CASE(unplugged_while_everything_ends),
        CASE(the_mode_comes_a_moment_later),
        CASE(inotify_alone_tells),
        CASE(the_kernels_messages_alone_tell),
        CASE(the_module_is_taken_out),
    };
    if (getenv("CAMERA_TEST_VM") == NULL) {
        printf("needs the vivid driver: make test-vm runs it in a virtual machine\n");
        return 77;
    }
    unsetenv("CAMERA_SESSION_CAMERAS");
    int result = t_main(argc, argv, cases, T_COUNT(cases));
    plugged_in(); /* for the tests that follow */
    return result;
}
