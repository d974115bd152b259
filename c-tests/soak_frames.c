/*
 * soak_frames.c: what the application keeps: frames, which must not change while it has them, and
 * handles of what was released, which must answer as the state RELEASED does, for ever.
 */
#include "soak.h"

/* --- frames --------------------------------------------------------------------------------- */

#define FRAMES 48

static struct held {
    camera_frame *frame;
    uint64_t sum;
    int *held; /* how many its surface's owner has */
} frames[FRAMES];
static unsigned frame_count;
static pthread_mutex_t frames_lock = PTHREAD_MUTEX_INITIALIZER;

/* Of every 61st byte: quick, and a picture that is drawn over differs in many. */
static uint64_t sum_of(camera_frame *frame)
{
    camera_plane plane = CAMERA_PLANE_INIT;
    uint64_t sum = 14695981039346656037u;
    EXPECT_CODE(CALL(FRAME_LOOK, frame, camera_frame_get_plane(frame, 0, &plane)), C0, "looking at a frame");
    const unsigned char *bytes = plane.data;
    if (!bytes || plane.length == 0)
        broken("a frame has no bytes");
    for (size_t i = 0; i < plane.length; i += 61)
        sum = (sum ^ bytes[i]) * 1099511628211u;
    return sum;
}

void look_at_frame(camera_frame *frame)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    EXPECT_CODE(CALL(FRAME_LOOK, frame, camera_frame_get_info(frame, &info)), C0, "asking a frame");
    if (info.width == 0 || info.height == 0)
        broken("a frame is %u by %u", (unsigned)info.width, (unsigned)info.height);
}

static void give_back(struct held of)
{
    if (sum_of(of.frame) != of.sum)
        broken("a frame changed while it was held");
    /* Counted before: the library's own count is never higher. */
    if (of.held)
        ADD(*of.held, -1);
    EXPECT_CODE(CALL(FRAME_RELEASE, of.frame, camera_frame_release(of.frame)), C0, "releasing a frame");
}

void hold_frame(camera_frame *frame, int *held)
{
    struct held other = {NULL, 0, NULL}, mine = {frame, sum_of(frame), held};
    pthread_mutex_lock(&frames_lock);
    if (frame_count < FRAMES) {
        frames[frame_count++] = mine;
    } else {
        unsigned at = below(&me->chance, FRAMES);
        other = frames[at];
        frames[at] = mine;
    }
    pthread_mutex_unlock(&frames_lock);
    if (other.frame)
        give_back(other);
}

void release_some_frames(unsigned most_left)
{
    for (;;) {
        pthread_mutex_lock(&frames_lock);
        struct held last = {NULL, 0, NULL};
        if (frame_count > most_left) {
            unsigned at = below(&me->chance, frame_count);
            last = frames[at];
            frames[at] = frames[--frame_count];
        }
        pthread_mutex_unlock(&frames_lock);
        if (!last.frame)
            return;
        give_back(last);
    }
}

unsigned held_frames(void)
{
    pthread_mutex_lock(&frames_lock);
    unsigned count = frame_count;
    pthread_mutex_unlock(&frames_lock);
    return count;
}

/* --- handles that were released ------------------------------------------------------------- */

#define HANDLES 48

static struct {
    void *handles[HANDLES];
    unsigned long count;
} released[HANDLE_KINDS];
static pthread_mutex_t released_lock = PTHREAD_MUTEX_INITIALIZER;

void is_released(int kind, void *handle)
{
    pthread_mutex_lock(&released_lock);
    released[kind].handles[released[kind].count++ % HANDLES] = handle;
    pthread_mutex_unlock(&released_lock);
}

#define STALE(call, permitted, what) EXPECT_CODE(CALL(STALE, handle, call), permitted, "a released %s", what)

/* Asynchronous: refused when its manager is gone too, else the same code comes with the completion. */
#define STALE_LATER(function, permitted, what)                                                     \
    do {                                                                                           \
        struct ticket *ticket = new_completion(OP_STALE, (permitted), NULL);                       \
        EXPECT_CODE(LATER(ticket, handle, function(handle, completed, ticket)), C0 | (permitted),   \
                    "a released %s", what);                                                        \
    } while (0)

static void try_one(int kind, void *handle, bool later)
{
    int32_t state = -1;
    camera_surface_statistics counts = CAMERA_SURFACE_STATISTICS_INIT;
    camera_photo *photo = NULL;
    switch (kind) {
    case H_INPUT:
        STALE(camera_input_open(handle), C201, "input's open");
        STALE(camera_input_close(handle), C201, "input's close");
        STALE(camera_input_release(handle), C0, "input's release");
        if (later)
            STALE_LATER(camera_input_open_async, C201, "input's open");
        break;
    case H_SURFACE:
        STALE(camera_surface_get_statistics(handle, &counts), C101, "surface's statistics");
        STALE(camera_surface_release(handle), C101, "surface's release");
        break;
    case H_OUTPUT:
        STALE(camera_output_start(handle), C103, "output's start");
        STALE(camera_output_stop(handle), C201, "output's stop");
        STALE(camera_output_set_frame_rate(handle, 15, 15), C103, "output's frame rate");
        STALE(camera_output_release(handle), C201, "output's release");
        if (later)
            STALE_LATER(camera_output_start_async, C103, "output's start");
        break;
    case H_PHOTO_OUTPUT:
        STALE(camera_output_capture(handle, NULL), C104, "output's capture");
        STALE(camera_output_take_photo(handle, NULL, 10, &photo), C104, "output's photo");
        STALE(camera_output_release(handle), C201, "output's release");
        break;
    case H_SESSION:
        STALE(camera_session_get_state(handle, &state), C0, "session's state");
        if (state != RELEASED)
            broken("a released session is in state %d", (int)state);
        STALE(camera_session_begin_config(handle), C201, "session's begin");
        STALE(camera_session_commit_config(handle), C102, "session's commit");
        STALE(camera_session_start(handle), C103, "session's start");
        STALE(camera_session_stop(handle), C201, "session's stop");
        STALE(camera_session_release(handle), C201, "session's release");
        if (later) {
            STALE_LATER(camera_session_commit_config_async, C102, "session's commit");
            STALE_LATER(camera_session_start_async, C103, "session's start");
            STALE_LATER(camera_session_stop_async, C201, "session's stop");
            STALE_LATER(camera_session_release_async, C201, "session's release");
        }
        break;
    default:
        STALE(camera_recorder_start(handle), C201, "recorder's start");
        STALE(camera_recorder_stop(handle), C201, "recorder's stop");
        STALE(camera_recorder_get_state(handle, &state), C0, "recorder's state");
        if (state != CAMERA_RECORDER_STATE_RELEASED)
            broken("a released recorder is in state %d", (int)state);
        STALE(camera_recorder_release(handle), C201, "recorder's release");
    }
}

void try_released(void)
{
    int kind = (int)below(&me->chance, HANDLE_KINDS);
    void *handle = NULL;
    pthread_mutex_lock(&released_lock);
    unsigned long count = released[kind].count;
    if (count > 0)
        handle = released[kind].handles[below(&me->chance, count > HANDLES ? HANDLES : (unsigned)count)];
    pthread_mutex_unlock(&released_lock);
    if (handle)
        try_one(kind, handle, true);
}

/* When no manager is left, nobody can run a completion: every asynchronous call is refused. */
void try_all_released(void)
{
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        for (unsigned long i = 0; i < HANDLES && i < released[kind].count; i++)
            try_one(kind, released[kind].handles[i], true);
    }
}

#define WRONG(call) EXPECT_CODE(CALL(FOREIGN, handle, call), C101, "a handle of another kind, or none")

void try_foreign(void)
{
    camera_surface_statistics counts = CAMERA_SURFACE_STATISTICS_INIT;
    int32_t state = -1;
    uintptr_t invented = (uintptr_t)next_number(&me->chance);
    /* Its first byte is no kind of handle. */
    void *none[] = {NULL, &state, (void *)(invented >> 8), now.manager};
    void *handle = none[below(&me->chance, T_COUNT(none))];
    WRONG(camera_session_get_state(handle, &state));
    WRONG(camera_session_begin_config(handle));
    WRONG(camera_session_start_async(handle, completed, NULL));
    WRONG(camera_output_start(handle));
    WRONG(camera_input_open(handle));
    WRONG(camera_surface_get_statistics(handle, &counts));
    WRONG(camera_frame_release(handle));
    WRONG(camera_photo_release(handle));
    WRONG(camera_recorder_start(handle));
}
