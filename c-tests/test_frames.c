/*
 * test_frames.c: what arrives at surfaces: the right pixels at the right time, in order; frames
 * that stay readable whatever happens to their session; and surfaces themselves: policies,
 * callbacks, acquiring, the descriptor, statistics.
 */
#include "t_rig.h"

#include <poll.h>

static camera_manager *manager;

static int load(const int *value) { return __atomic_load_n(value, __ATOMIC_SEQ_CST); }
static void store(int *value, int to) { __atomic_store_n(value, to, __ATOMIC_SEQ_CST); }
static int add(int *value) { return __atomic_add_fetch(value, 1, __ATOMIC_SEQ_CST); }

static camera_plane plane_of(camera_frame *frame, uint32_t index)
{
    camera_plane plane = CAMERA_PLANE_INIT;
    OK(camera_frame_get_plane(frame, index, &plane));
    return plane;
}

/* The number in the picture's first row of cells (the frame's) or its last (the camera's), as
   src/backend/virtual_camera/pattern.rs describes it; -1 when there is none. */
static int64_t number_in(camera_frame *frame, bool of_camera)
{
    camera_frame_info info = t_info(frame);
    camera_plane plane = plane_of(frame, 0);
    const uint8_t *luma = plane.data;
    uint32_t step = info.format == T_YUYV ? 2 : 1, middle = info.width / 80;
    size_t row = of_camera ? info.height - 1 - middle : middle;
    uint64_t bits = 0;
    for (uint32_t cell = 0; cell < 40; cell++) {
        uint8_t value = luma[row * plane.stride + (2 * cell + 1) * (size_t)info.width / 80 * step];
        bits = bits << 1 | (value > 125);
    }
    uint32_t number = (uint32_t)(bits >> 4), check = 5;
    for (int nibble = 0; nibble < 8; nibble++)
        check ^= number >> 4 * nibble & 15;
    return bits >> 36 == 10 && (bits & 15) == check ? (int64_t)number : -1;
}

static uint32_t checksum(camera_frame *frame)
{
    uint32_t sum = 1;
    for (uint32_t i = 0; i < t_info(frame).plane_count; i++) {
        camera_plane plane = plane_of(frame, i);
        const uint8_t *bytes = plane.data;
        for (size_t at = 0; at < plane.length; at++)
            sum = sum * 31 + bytes[at];
    }
    return sum;
}

static void check_sums(camera_surface *surface)
{
    camera_surface_statistics s = t_statistics(surface);
    CHECK_EQ(s.arrived, s.delivered + s.dropped_full + s.dropped_held + s.waiting);
    CHECK(s.held <= s.delivered && s.reserved == 0);
}

/* A session with one video output, committed. */
static struct t_rig video_rig(uint32_t format, uint32_t width, uint32_t height, uint32_t rate,
                              camera_surface *surface)
{
    struct t_rig rig = t_rig(manager, 3);
    OK(camera_surface_release(rig.tape));
    OK(camera_output_release(rig.video));
    rig.tape = surface;
    rig.video = t_video(manager, format, width, height, rate, rate, surface);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.video));
    OK(camera_session_commit_config(rig.session));
    return rig;
}

/* --- pixels and times ----------------------------------------------------------------------- */

static int64_t due(uint64_t sequence, uint32_t rate)
{
    return (int64_t)((sequence * 1000000000 + rate - 1) / rate);
}

static void read_back(uint32_t format, uint32_t width, uint32_t height, uint32_t rate)
{
    long count = t_scaled(rate) < 10 ? 10 : t_scaled(rate);
    uint64_t gaps = 0, next = 0;
    int64_t start = 0, last = 0;
    struct t_rig rig = video_rig(format, width, height, rate, t_surface(manager, 64, 0, 64));
    OK(camera_output_start(rig.video));
    for (long i = 0; i < count; i++) {
        camera_frame *frame = t_frame(rig.tape);
        camera_frame_info info = t_info(frame);
        camera_plane y = plane_of(frame, 0);
        CHECK(info.format == format && info.width == width && info.height == height);
        CHECK(info.output == rig.video);
        CHECK_EQ(info.color_matrix, CAMERA_COLOR_MATRIX_BT601);
        CHECK_EQ(info.color_range, CAMERA_COLOR_RANGE_LIMITED);
        CHECK_EQ(info.flags & ~(uint32_t)CAMERA_FRAME_COPIED, 0);
        CHECK_EQ(number_in(frame, false), info.sequence);
        CHECK_EQ(number_in(frame, true), 3);
        if (format == T_NV12) {
            camera_plane uv = plane_of(frame, 1);
            CHECK(info.plane_count == 2 && y.stride >= width && y.rows == height);
            CHECK(uv.stride >= width && uv.rows == height / 2);
            CHECK(uv.length == (size_t)uv.stride * uv.rows);
        } else {
            CHECK(info.plane_count == 1 && y.stride >= 2 * width && y.rows == height);
        }
        CHECK(y.length == (size_t)y.stride * y.rows && y.reserved == 0);
        if (i == 0)
            start = info.timestamp_ns - due(info.sequence, rate);
        CHECK_EQ(info.timestamp_ns, start + due(info.sequence, rate));
        CHECK(i == 0 || (info.timestamp_ns > last && info.sequence >= next));
        gaps += i > 0 ? info.sequence - next : 0;
        next = info.sequence + 1;
        last = info.timestamp_ns;
        OK(camera_frame_release(frame));
    }
    OK(camera_output_stop(rig.video));
    printf("  %ux%u: %ld frames, %" PRIu64 " lost\n", width, height, count, gaps);
    t_rig_release(&rig);
}

static void pictures_carry_their_numbers(void)
{
    manager = t_manager();
    read_back(T_YUYV, 320, 240, 60);
    read_back(T_YUYV, 1280, 720, 30);
    read_back(T_NV12, 640, 360, 60);
    read_back(T_NV12, 320, 180, 25);
    OK(camera_manager_release(manager));
}

/* --- lifetimes ------------------------------------------------------------------------------ */

#define KEPT 5

static camera_frame *kept[KEPT];
static uint32_t sums[KEPT];

static void keep(camera_surface *surface)
{
    for (int i = 0; i < KEPT; i++) {
        kept[i] = t_frame(surface);
        sums[i] = checksum(kept[i]);
        CHECK_EQ(number_in(kept[i], false), t_info(kept[i]).sequence);
    }
}

static void still_readable(void)
{
    for (int i = 0; i < KEPT; i++) {
        CHECK(t_info(kept[i]).width == 320 && t_info(kept[i]).height == 240);
        CHECK_EQ(checksum(kept[i]), sums[i]);
    }
}

static void kept_frames_stay_readable(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    keep(rig.view);
    OK(camera_session_stop(rig.session));
    still_readable();
    OK(camera_session_start(rig.session)); /* the same buffers flow again */
    OK(camera_output_start(rig.video));
    uint64_t before = t_statistics(rig.tape).arrived;
    WAIT_UNTIL(t_statistics(rig.tape).arrived > before + 12);
    still_readable();
    OK(camera_session_begin_config(rig.session));
    still_readable();
    OK(camera_session_remove_output(rig.session, rig.preview));
    OK(camera_session_remove_output(rig.session, rig.video));
    OK(camera_session_remove_output(rig.session, rig.photo));
    camera_surface *large = t_surface(manager, 0, 0, 0);
    camera_output *larger = t_preview(manager, T_NV12, 640, 480, large);
    OK(camera_session_add_output(rig.session, larger));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    for (int i = 0; i < 8; i++) {
        camera_frame *frame = t_frame(large);
        CHECK_EQ(number_in(frame, false), t_info(frame).sequence);
        OK(camera_frame_release(frame));
    }
    still_readable();
    OK(camera_output_release(rig.preview));
    still_readable();
    OK(camera_session_release(rig.session));
    still_readable();
    OK(camera_input_release(rig.input));
    OK(camera_surface_release(rig.view));
    still_readable();
    OK(camera_manager_release(manager));
    still_readable();
    for (int i = 0; i < KEPT; i++) {
        OK(camera_frame_retain(kept[i]));
        OK(camera_frame_release(kept[i]));
        CHECK_EQ(checksum(kept[i]), sums[i]);
        OK(camera_frame_release(kept[i]));
        CHECK_CODE(camera_frame_release(kept[i]), 101);
    }
}

static void references_are_counted(void)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    camera_plane plane = CAMERA_PLANE_INIT;
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    camera_frame *frame = t_frame(rig.view);
    OK(camera_session_stop(rig.session));
    for (int i = 0; i < 100; i++)
        OK(camera_frame_retain(frame));
    CHECK_EQ(t_statistics(rig.view).held, 1);
    for (int i = 0; i < 100; i++)
        OK(camera_frame_release(frame));
    OK(camera_frame_get_info(frame, &info));
    OK(camera_frame_release(frame));
    CHECK_EQ(t_statistics(rig.view).held, 0);
    CHECK_CODE(camera_frame_release(frame), 101);
    CHECK_CODE(camera_frame_retain(frame), 101);
    CHECK_CODE(camera_frame_get_info(frame, &info), 101);
    CHECK_CODE(camera_frame_get_plane(frame, 0, &plane), 101);
    /* The slot is used again; the old handle is not. */
    OK(camera_session_start(rig.session));
    camera_frame *next = t_frame(rig.view);
    CHECK(next != frame);
    CHECK_CODE(camera_frame_release(frame), 101);
    OK(camera_frame_release(next));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* One consumer keeps all it can get; the other, on the same session, sees frame after frame. */
static void who_holds_frames_starves_only_himself(void)
{
    camera_frame *hoard[128];
    uint32_t hoarded = 0, copies = 0, most = 8 + 3;
    long count = t_scaled(100) < 20 ? 20 : t_scaled(100);
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    OK(camera_output_start(rig.video));
    for (long seen = 0; seen < count; seen++) {
        camera_frame *frame = t_frame(rig.tape);
        CHECK_EQ(number_in(frame, false), t_info(frame).sequence);
        OK(camera_frame_release(frame));
        CHECK(hoarded < T_COUNT(hoard));
        OK(camera_surface_acquire(rig.view, 0, &frame));
        if (frame) {
            copies += (t_info(frame).flags & CAMERA_FRAME_COPIED) != 0;
            hoard[hoarded++] = frame;
        }
    }
    CHECK(hoarded >= 8 && hoarded <= most);
    CHECK_EQ(t_statistics(rig.view).held, hoarded);
    CHECK(t_statistics(rig.view).dropped_held > 0);
    CHECK_EQ(t_statistics(rig.tape).dropped_held, 0);
    CHECK(copies > 0); /* more are held than the device has buffers */
    int64_t last = -1;
    for (uint32_t i = 0; i < hoarded; i++) {
        int64_t sequence = (int64_t)t_info(hoard[i]).sequence;
        CHECK_EQ(number_in(hoard[i], false), sequence);
        CHECK(sequence > last);
        last = sequence;
        OK(camera_frame_release(hoard[i]));
    }
    OK(camera_frame_release(t_frame(rig.view))); /* and it gets frames again */
    OK(camera_session_stop(rig.session));
    check_sums(rig.view);
    check_sums(rig.tape);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- surfaces ------------------------------------------------------------------------------- */

static void a_full_surface_drops_by_its_policy(void)
{
    manager = t_manager();
    for (int policy = 0; policy < 2; policy++) {
        camera_frame *frame = NULL;
        struct t_rig rig = video_rig(T_YUYV, 320, 180, 60, t_surface(manager, 4, policy, 0));
        OK(camera_output_start(rig.video));
        WAIT_UNTIL(t_statistics(rig.tape).arrived >= 10);
        OK(camera_output_stop(rig.video));
        camera_surface_statistics s = t_statistics(rig.tape);
        CHECK(s.waiting == 4 && s.delivered == 0 && s.dropped_full == s.arrived - 4);
        uint64_t last = 0;
        for (int i = 0; i < 4; i++) {
            OK(camera_surface_acquire(rig.tape, 0, &frame));
            CHECK(frame != NULL);
            uint64_t sequence = t_info(frame).sequence;
            /* The newest frames, or the first: frames lost before they arrive are allowed for. */
            CHECK(policy == CAMERA_SURFACE_POLICY_DROP_OLDEST ? sequence >= s.arrived - 4 + i
                                                              : i > 0 || sequence == 0);
            CHECK(i == 0 || sequence > last);
            last = sequence;
            OK(camera_frame_release(frame));
        }
        OK(camera_surface_acquire(rig.tape, 0, &frame));
        CHECK(frame == NULL);
        check_sums(rig.tape);
        CHECK_EQ(t_statistics(rig.tape).delivered, 4);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

struct consumer {
    camera_surface *surface;
    int calls, running, destroyed;
    int64_t last;
    enum { STAY, REMOVE, REPLACE } then; /* what it does with itself at its third frame */
    struct consumer *next;
};

static void destroy_consumer(void *user_data)
{
    struct consumer *consumer = user_data;
    CHECK_EQ(load(&consumer->running), 0);
    CHECK_EQ(add(&consumer->destroyed), 1);
}

static void consume(camera_surface *surface, camera_frame *frame, void *user_data)
{
    struct consumer *consumer = user_data;
    CHECK(surface == consumer->surface);
    CHECK_EQ(load(&consumer->destroyed), 0);
    CHECK_EQ(add(&consumer->running), 1); /* one call at a time */
    int64_t sequence = (int64_t)t_info(frame).sequence;
    CHECK(sequence > consumer->last);
    CHECK_EQ(number_in(frame, false), sequence);
    consumer->last = sequence;
    if (add(&consumer->calls) == 3 && consumer->then != STAY) {
        if (consumer->then == REMOVE)
            OK(camera_surface_set_callback(surface, NULL, NULL, NULL));
        else
            OK(camera_surface_set_callback(surface, consume, consumer->next, destroy_consumer));
        CHECK_EQ(load(&consumer->destroyed), 0); /* not while it runs */
    }
    store(&consumer->running, 0);
}

static struct consumer consumer_of(camera_surface *surface)
{
    struct consumer consumer = {.surface = surface, .last = -1};
    return consumer;
}

static void callbacks_can_be_replaced_and_removed(void)
{
    camera_frame *frame = NULL;
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    struct consumer a = consumer_of(rig.view), b = a, c = a, d = a, e = a;
    c.then = REPLACE;
    c.next = &d;
    d.then = REMOVE;
    /* From outside. Frames that wait come first. */
    WAIT_UNTIL(t_statistics(rig.view).waiting > 0);
    OK(camera_surface_set_callback(rig.view, consume, &a, destroy_consumer));
    CHECK_CODE(camera_surface_acquire(rig.view, 0, &frame), 102);
    WAIT_UNTIL(load(&a.calls) >= 5);
    OK(camera_surface_set_callback(rig.view, consume, &b, destroy_consumer));
    CHECK(load(&a.destroyed) == 1 && load(&a.running) == 0);
    WAIT_UNTIL(load(&b.calls) >= 2);
    OK(camera_surface_set_callback(rig.view, NULL, NULL, NULL));
    CHECK_EQ(load(&b.destroyed), 1);
    int calls = load(&b.calls);
    OK(camera_frame_release(t_frame(rig.view)));
    CHECK_EQ(load(&b.calls), calls);
    /* From inside. */
    OK(camera_surface_set_callback(rig.view, consume, &c, destroy_consumer));
    WAIT_UNTIL(load(&d.destroyed));
    CHECK(c.calls == 3 && c.destroyed == 1 && d.calls == 3);
    OK(camera_frame_release(t_frame(rig.view)));
    /* With the surface. */
    OK(camera_surface_set_callback(rig.view, consume, &e, destroy_consumer));
    WAIT_UNTIL(load(&e.calls));
    OK(camera_surface_release(rig.view));
    CHECK_EQ(load(&e.destroyed), 1);
    CHECK_EQ(t_state(rig.session), STARTED); /* its output goes on without it */
    OK(camera_session_stop(rig.session));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK(a.destroyed == 1 && b.destroyed == 1 && c.destroyed == 1 && d.destroyed == 1);
}

static int slow_calls;

static void be_slow(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame;
    add(&slow_calls);
    WAIT_UNTIL(load(user_data));
}

/* A callback that takes long holds up neither another surface nor a completion. */
static void a_slow_callback_holds_up_only_its_surface(void)
{
    int go_on = 0;
    struct t_results results = T_RESULTS_INIT;
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    OK(camera_surface_set_callback(rig.view, be_slow, &go_on, NULL));
    WAIT_UNTIL(load(&slow_calls) == 1);
    struct consumer other = consumer_of(rig.tape);
    OK(camera_surface_set_callback(rig.tape, consume, &other, destroy_consumer));
    ACCEPT(camera_output_start_async(rig.video, t_completion, t_ticket(&results, 0)));
    WAIT_UNTIL(load(&other.calls) >= 10 && t_result_count(&results) == 1);
    CHECK_EQ(load(&slow_calls), 1);
    store(&go_on, 1);
    OK(camera_session_stop(rig.session));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

struct waiter {
    camera_surface *surface;
    int32_t code;
    camera_frame *frame;
    int waits;
};

static void *wait_for_a_frame(void *argument)
{
    struct waiter *waiter = argument;
    store(&waiter->waits, 1);
    waiter->code = camera_surface_acquire(waiter->surface, -1, &waiter->frame);
    return NULL;
}

static void acquire_waits_as_long_as_it_should(void)
{
    camera_frame *frame = (camera_frame *)(uintptr_t)1;
    pthread_t thread;
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    OK(camera_surface_acquire(rig.view, 0, &frame));
    CHECK(frame == NULL);
    OK(camera_surface_acquire(rig.view, 30, &frame));
    CHECK(frame == NULL);
    /* Until there is one. */
    struct waiter waiter = {rig.view, -1, NULL, 0};
    CHECK_EQ(pthread_create(&thread, NULL, wait_for_a_frame, &waiter), 0);
    WAIT_UNTIL(load(&waiter.waits));
    OK(camera_session_start(rig.session));
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK(waiter.code == 0 && waiter.frame != NULL);
    OK(camera_frame_release(waiter.frame));
    /* Until the surface is released, with whatever it has. */
    waiter = (struct waiter){rig.tape, -1, NULL, 0};
    CHECK_EQ(pthread_create(&thread, NULL, wait_for_a_frame, &waiter), 0);
    WAIT_UNTIL(load(&waiter.waits));
    t_sleep_ms(20);
    OK(camera_surface_release(rig.tape));
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK(waiter.code == 7400201 && waiter.frame == NULL);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static bool readable(int fd)
{
    struct pollfd entry = {fd, POLLIN, 0};
    CHECK(poll(&entry, 1, 0) >= 0);
    return entry.revents == POLLIN;
}

static void the_fd_is_readable_while_frames_wait(void)
{
    int early = -1, late = -1;
    camera_frame *frame = NULL;
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    OK(camera_surface_get_fd(rig.view, &early));
    CHECK(!readable(early));
    for (int round = 0; round < 3; round++) {
        OK(camera_session_start(rig.session));
        OK(camera_output_start(rig.video));
        struct pollfd entry = {early, POLLIN, 0};
        CHECK_EQ(poll(&entry, 1, (int)t_limit() * 800), 1);
        WAIT_UNTIL(t_statistics(rig.view).waiting > 1 && t_statistics(rig.tape).waiting > 0);
        OK(camera_session_stop(rig.session));
        OK(camera_surface_get_fd(rig.tape, &late)); /* frames wait already */
        CHECK(late != early && readable(early) && readable(late));
        while (t_statistics(rig.view).waiting > 0) {
            CHECK(readable(early));
            OK(camera_surface_acquire(rig.view, 0, &frame));
            OK(camera_frame_release(frame));
        }
        CHECK(!readable(early) && readable(late));
        struct consumer consumer = consumer_of(rig.tape);
        OK(camera_surface_set_callback(rig.tape, consume, &consumer, NULL));
        WAIT_UNTIL(t_statistics(rig.tape).waiting == 0);
        OK(camera_surface_set_callback(rig.tape, NULL, NULL, NULL));
        CHECK(!readable(late));
    }
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(pictures_carry_their_numbers),
        CASE(kept_frames_stay_readable),
        CASE(references_are_counted),
        CASE(who_holds_frames_starves_only_himself),
        CASE(a_full_surface_drops_by_its_policy),
        CASE(callbacks_can_be_replaced_and_removed),
        CASE(a_slow_callback_holds_up_only_its_surface),
        CASE(acquire_waits_as_long_as_it_should),
        CASE(the_fd_is_readable_while_frames_wait),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
