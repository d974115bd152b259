/*
 * t_streams.h: consumers of surfaces that note which frames they got and look at each picture, and
 * the account of what became of every number of a run. Include after t_rig.h.
 */
#ifndef T_STREAMS_H
#define T_STREAMS_H

#include "picture.h"

#include <stdatomic.h>

#define T_I420 CAMERA_FOURCC('Y', 'U', '1', '2')
#define T_MJPG CAMERA_FOURCC('M', 'J', 'P', 'G')

enum { T_NUMBERS = 8192 };

/* The numbers that a camera draws into its pictures. */
struct t_numbers {
    uint64_t modulo; /* the picture shows the sequence number modulo this; 0: no number is drawn */
    bool bottom;     /* along the bottom edge too */
};

/* One consumer, on a thread of its own or in its surface's callback. */
struct t_consumer {
    camera_surface *surface;
    struct t_numbers numbers;
    long pause_ms; /* how long it takes over each frame */
    bool in_callback;
    pthread_t thread;
    atomic_bool end;
    atomic_ulong taken;
    atomic_ulong wrong; /* pictures that do not show their number */
    uint64_t first, last;
    unsigned char seen[T_NUMBERS];
};

static inline bool t_shows(struct picture_luma luma, struct t_numbers numbers, uint64_t sequence)
{
    int64_t wanted = (int64_t)(numbers.modulo ? sequence % numbers.modulo : 0);
    return numbers.modulo == 0 || (picture_number(luma, false) == wanted &&
                                   (!numbers.bottom || picture_number(luma, true) == wanted));
}

static inline void t_consume(struct t_consumer *consumer, camera_frame *frame)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    camera_plane plane = CAMERA_PLANE_INIT;
    OK(camera_frame_get_info(frame, &info));
    OK(camera_frame_get_plane(frame, 0, &plane));
    struct picture_luma luma = {plane.data, plane.stride, info.format == T_YUYV ? 2 : 1, info.width, info.height};
    unsigned long before = atomic_load(&consumer->taken);
    CHECK(info.sequence < T_NUMBERS);
    CHECK(before == 0 || info.sequence > consumer->last);
    if (!t_shows(luma, consumer->numbers, info.sequence)) {
        printf("number %" PRIu64 ": the picture shows %" PRId64 " and %" PRId64 "\n", info.sequence,
               picture_number(luma, false), picture_number(luma, true));
        atomic_fetch_add(&consumer->wrong, 1);
    }
    consumer->first = before == 0 ? info.sequence : consumer->first;
    consumer->last = info.sequence;
    consumer->seen[info.sequence] = 1;
    if (consumer->pause_ms > 0)
        t_sleep_ms(consumer->pause_ms);
    atomic_store(&consumer->taken, before + 1);
}

static inline void *t_consume_all(void *argument)
{
    struct t_consumer *consumer = argument;
    while (!atomic_load(&consumer->end)) {
        camera_frame *frame = NULL;
        OK(camera_surface_acquire(consumer->surface, 50, &frame));
        if (frame != NULL) {
            t_consume(consumer, frame);
            OK(camera_frame_release(frame));
        }
    }
    return NULL;
}

static inline void t_on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface;
    t_consume(user_data, frame);
}

static inline void t_consumer_start(struct t_consumer *consumer)
{
    if (consumer->in_callback)
        OK(camera_surface_set_callback(consumer->surface, t_on_frame, consumer, NULL));
    else
        CHECK(pthread_create(&consumer->thread, NULL, t_consume_all, consumer) == 0);
}

/* After this it is not running, and nothing of it changes any more. */
static inline void t_consumer_end(struct t_consumer *consumer)
{
    atomic_store(&consumer->end, true);
    if (consumer->in_callback)
        OK(camera_surface_set_callback(consumer->surface, NULL, NULL, NULL));
    else
        CHECK(pthread_join(consumer->thread, NULL) == 0);
}

/* --- the account ---------------------------------------------------------------------------- */

/* What became of the numbers from `first` to `last` on the way to one output. */
struct t_account {
    uint64_t numbers; /* how many there are */
    uint64_t taken;   /* in the consumer's hands */
    uint64_t dropped; /* given up by the surface, because the consumer was slow */
    uint64_t before;  /* reached no output: lost by the driver, or damaged */
    uint64_t missing; /* reached another output and not this one's surface: not made in time */
};

/* From what the library tells today: the surface's statistics, and which numbers came. `others` are
 * all the consumers of the run; the consumers have ended.
 *
 * An output's own statistics (delivered, lost, damaged, dropped) would say the same without a look at
 * the other outputs, and tell a frame that came too late to be made from one that was damaged. */
static inline struct t_account t_account(const struct t_consumer *consumer, struct t_consumer *const *others,
                                         size_t count, uint64_t first, uint64_t last)
{
    camera_surface_statistics statistics = t_statistics(consumer->surface);
    struct t_account account = {last - first + 1, 0, 0, 0, 0};
    uint64_t absent = 0;
    account.dropped = statistics.dropped_full + statistics.dropped_held;
    CHECK_EQ(statistics.arrived, statistics.delivered + account.dropped + statistics.waiting);
    CHECK_EQ(statistics.delivered, atomic_load(&consumer->taken));
    for (uint64_t number = first; number <= last; number++) {
        bool anywhere = false;
        for (size_t other = 0; other < count; other++)
            anywhere = anywhere || others[other]->seen[number];
        account.taken += consumer->seen[number];
        account.before += !anywhere;
        absent += anywhere && !consumer->seen[number];
    }
    /* Drops are counted over the whole run, which is a little longer than these numbers. */
    uint64_t gone = account.dropped + statistics.waiting;
    account.missing = absent > gone ? absent - gone : 0;
    account.dropped = account.dropped < absent ? account.dropped : absent;
    return account;
}

static inline void t_account_print(const char *name, struct t_account account)
{
    printf("  %-8s %" PRIu64 " numbers: %" PRIu64 " taken, %" PRIu64 " dropped by the surface, %" PRIu64
           " not made in time, %" PRIu64 " reached no output\n",
           name, account.numbers, account.taken, account.dropped, account.missing, account.before);
}

#endif
