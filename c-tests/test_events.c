/*
 * test_events.c: what outputs tell, and in which order: runs of previews and videos, captures from
 * start to end; and that the counts of outputs and surfaces add up with the numbers of the frames.
 *
 * TSAN: its threads meet in many ways.
 */
#include "t_rig.h"

#define MOST 4096

/* What a listener was told, in order. */
struct diary {
    pthread_mutex_t lock;
    camera_output *output;
    size_t count;
    camera_output_event at[MOST];
    int destroyed;
};
#define DIARY_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

static void note(camera_output *output, const camera_output_event *event, void *user_data)
{
    struct diary *diary = user_data;
    pthread_mutex_lock(&diary->lock);
    CHECK(diary->output == output && diary->count < MOST);
    CHECK(event->size >= sizeof *event && event->detail && event->reserved == 0);
    CHECK((event->type == CAMERA_OUTPUT_EVENT_TYPE_ERROR) == (event->code != 0));
    CHECK((event->code != 0) == (*event->detail != '\0'));
    CHECK((event->type == CAMERA_OUTPUT_EVENT_TYPE_PHOTO_AVAILABLE) == (event->photo != NULL));
    CHECK(event->objects == NULL && event->object_count == 0);
    if (event->photo) {
        camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
        OK(camera_photo_get_info(event->photo, &info));
        CHECK(info.capture_id == event->capture_id && info.timestamp_ns == event->timestamp_ns);
    }
    diary->at[diary->count++] = *event;
    pthread_mutex_unlock(&diary->lock);
}

static void close_diary(void *user_data)
{
    __atomic_add_fetch(&((struct diary *)user_data)->destroyed, 1, __ATOMIC_SEQ_CST);
}

static size_t noted(struct diary *diary)
{
    pthread_mutex_lock(&diary->lock);
    size_t count = diary->count;
    pthread_mutex_unlock(&diary->lock);
    return count;
}

static uint64_t listen(struct diary *diary, camera_output *output)
{
    uint64_t listener = 0;
    diary->output = output;
    OK(camera_output_add_listener(output, note, diary, close_diary, &listener));
    CHECK(listener != 0);
    return listener;
}

static camera_output_statistics counts_of(camera_output *output)
{
    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    OK(camera_output_get_statistics(output, &counts));
    return counts;
}

/* One run: it began with a frame, and ended with as many as there were. */
static void check_run(struct diary *diary, size_t first, uint64_t frames)
{
    CHECK_EQ(diary->at[first].type, CAMERA_OUTPUT_EVENT_TYPE_FRAME_START);
    CHECK(diary->at[first].timestamp_ns > 0);
    CHECK_EQ(diary->at[first + 1].type, CAMERA_OUTPUT_EVENT_TYPE_FRAME_END);
    CHECK_EQ(diary->at[first + 1].frame_count, frames);
}

static void runs_begin_and_end_with_their_frames(void)
{
    static struct diary preview = DIARY_INIT, video = DIARY_INIT;
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    uint64_t before[2] = {0, 0}, listener;
    listen(&preview, rig.preview);
    listener = listen(&video, rig.video);
    for (size_t round = 0; round < 3; round++) {
        OK(camera_session_start(rig.session));
        OK(camera_output_start(rig.video));
        WAIT_UNTIL(t_statistics(rig.view).arrived > before[0] + 2);
        WAIT_UNTIL(t_statistics(rig.tape).arrived > before[1] + 2);
        if (round == 0)
            OK(camera_output_stop(rig.video));
        if (round == 1)
            OK(camera_session_begin_config(rig.session));
        else
            OK(camera_session_stop(rig.session));
        WAIT_UNTIL(noted(&preview) == 2 * round + 2 && noted(&video) == 2 * round + 2);
        check_run(&preview, 2 * round, t_statistics(rig.view).arrived - before[0]);
        check_run(&video, 2 * round, t_statistics(rig.tape).arrived - before[1]);
        before[0] = t_statistics(rig.view).arrived;
        before[1] = t_statistics(rig.tape).arrived;
        if (round == 1)
            OK(camera_session_commit_config(rig.session));
    }
    /* Nobody is told who does not listen any more; the other one is. */
    OK(camera_output_remove_listener(rig.video, listener));
    CHECK_EQ(video.destroyed, 1);
    CHECK_CODE(camera_output_remove_listener(rig.video, listener), 101);
    OK(camera_session_start(rig.session));
    OK(camera_output_start(rig.video));
    WAIT_UNTIL(t_statistics(rig.view).arrived > before[0] && t_statistics(rig.tape).arrived > before[1]);
    OK(camera_session_release(rig.session));
    WAIT_UNTIL(noted(&preview) == 8);
    CHECK_EQ(noted(&video), 6);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK_EQ(preview.destroyed, 1);
}

/* An input that closes ends the run, too. */
static void a_closed_input_ends_the_run(void)
{
    static struct diary preview = DIARY_INIT;
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    listen(&preview, rig.preview);
    OK(camera_session_start(rig.session));
    WAIT_UNTIL(t_statistics(rig.view).arrived > 2);
    OK(camera_input_close(rig.input));
    WAIT_UNTIL(noted(&preview) == 2);
    check_run(&preview, 0, t_statistics(rig.view).arrived);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* Each capture: start, shutter, photo, end; or start, error, end. In the order of the captures. */
static void captures_go_through_their_events_in_order(void)
{
    static struct diary photo = DIARY_INIT;
    enum { CAPTURES = 20 };
    uint32_t next[4] = {1, 1, 1, 1}; /* start, shutter, photo or error, end */
    bool failed[2 * CAPTURES + 1] = {false}, shuttered[2 * CAPTURES + 1] = {false};
    uint32_t captures = 0, failures = 0;
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    listen(&photo, rig.photo);
    OK(camera_output_set_frame_rate(rig.preview, 5, 5));
    for (int round = 0; round < 2; round++) {
        /* Several in flight, and a stop in the middle of them. */
        OK(camera_session_start(rig.session));
        OK(camera_frame_release(t_frame(rig.view)));
        for (int i = 0; i < CAPTURES / 2; i++, captures++)
            OK(camera_output_capture(rig.photo, NULL));
        OK(camera_frame_release(t_frame(rig.view)));
        OK(camera_session_stop(rig.session));
    }
    size_t events = 0;
    for (uint32_t ended = 0; ended < captures;) {
        WAIT_UNTIL(noted(&photo) > events);
        camera_output_event *event = &photo.at[events++];
        uint32_t id = event->capture_id;
        switch (event->type) {
        case CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_START:
            CHECK_EQ(id, next[0]++);
            CHECK(event->timestamp_ns > 0);
            break;
        case CAMERA_OUTPUT_EVENT_TYPE_FRAME_SHUTTER:
            CHECK(id >= next[1] && id < next[0] && event->timestamp_ns > 0);
            next[1] = id + 1;
            shuttered[id] = true;
            break;
        case CAMERA_OUTPUT_EVENT_TYPE_ERROR:
            /* Cancelled before its frame; frames of later captures may have been taken meanwhile. */
            CHECK(!shuttered[id]);
            failed[id] = true;
            failures++;
            /* fall through */
        case CAMERA_OUTPUT_EVENT_TYPE_PHOTO_AVAILABLE:
            CHECK_EQ(next[2], next[3]); /* the one before has ended */
            next[2] = id + 1;
            break;
        case CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_END:
            CHECK_EQ(next[2], id + 1);
            CHECK_EQ(event->frame_count, failed[id] ? 0 : 1);
            next[3] = id + 1;
            ended++;
            break;
        default:
            FAIL("a photo output told %d", (int)event->type);
        }
    }
    printf("  %u captures, %u cancelled\n", captures, failures);
    CHECK(failures > 0 && failures < captures);
    CHECK_EQ(counts_of(rig.photo).delivered, captures - failures);
    CHECK_EQ(counts_of(rig.photo).converted, captures - failures);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK_EQ(photo.destroyed, 1);
}

/* What began is told to its end, and then the listener is gone. */
static void a_released_output_tells_its_end(void)
{
    static struct diary photo = DIARY_INIT, preview = DIARY_INIT;
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    camera_photo *none = NULL;
    listen(&photo, rig.photo);
    listen(&preview, rig.preview);
    OK(camera_output_set_frame_rate(rig.preview, 5, 5));
    OK(camera_session_start(rig.session));
    OK(camera_frame_release(t_frame(rig.view)));
    for (int i = 0; i < 3; i++)
        OK(camera_output_capture(rig.photo, NULL));
    OK(camera_output_release(rig.photo));
    WAIT_UNTIL(__atomic_load_n(&photo.destroyed, __ATOMIC_SEQ_CST) == 1);
    uint32_t starts = 0, ends = 0;
    for (size_t i = 0; i < photo.count; i++) {
        starts += photo.at[i].type == CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_START;
        ends += photo.at[i].type == CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_END;
    }
    CHECK(starts == 3 && ends == 3);
    CHECK_EQ(photo.at[photo.count - 1].type, CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_END);
    CHECK_CODE(camera_output_take_photo(rig.photo, NULL, 1000, &none), 104);
    /* The others are as before. */
    uint64_t before = t_statistics(rig.view).arrived;
    WAIT_UNTIL(t_statistics(rig.view).arrived > before);
    OK(camera_output_release(rig.preview));
    WAIT_UNTIL(__atomic_load_n(&preview.destroyed, __ATOMIC_SEQ_CST) == 1);
    CHECK_EQ(preview.count, 2);
    check_run(&preview, 0, t_statistics(rig.view).arrived);
    OK(camera_session_stop(rig.session));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK(photo.destroyed == 1 && preview.destroyed == 1);
}

/* --- counts --------------------------------------------------------------------------------- */

/* Takes every frame that is there; the numbers of the first and the last one. */
static uint64_t take_all(camera_surface *surface, uint64_t *first, uint64_t *last)
{
    uint64_t taken = 0;
    for (camera_frame *frame = NULL;; frame = NULL, taken++) {
        OK(camera_surface_acquire(surface, 0, &frame));
        if (!frame)
            return taken;
        *last = t_info(frame).sequence;
        if (*first == UINT64_MAX)
            *first = *last;
        OK(camera_frame_release(frame));
    }
}

/* A quick consumer, and one that sleeps; made frames and native ones. Of each output every number
 * from the first to the last frame is delivered or counted, and the surface counts the same. */
static void every_number_is_accounted_for(void)
{
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_session *session = t_session(manager);
    struct {
        camera_surface *surface;
        camera_output *output;
        uint64_t first, last, taken;
        bool sleeps, made;
    } all[] = { { .sleeps = false, .made = false }, { .sleeps = true, .made = false },
                { .sleeps = false, .made = true }, { .sleeps = true, .made = true } };
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    for (size_t i = 0; i < T_COUNT(all); i++) {
        all[i].first = UINT64_MAX;
        all[i].surface = t_surface(manager, 4, i & 1, 4);
        all[i].output = all[i].made
                            ? t_preview(manager, T_NV12, 320, 180, all[i].surface)
                            : t_preview(manager, T_YUYV, 640, 360, all[i].surface);
        OK(camera_session_add_output(session, all[i].output));
    }
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    for (int round = 0; round < 100; round++) {
        t_sleep_ms(10);
        for (size_t i = 0; i < T_COUNT(all); i++)
            if (!all[i].sleeps || round % 50 == 49)
                all[i].taken += take_all(all[i].surface, &all[i].first, &all[i].last);
    }
    OK(camera_session_stop(session));
    for (size_t i = 0; i < T_COUNT(all); i++) {
        /* Frames that were under way when the session stopped may still be dropped by it. */
        uint64_t last_seen = all[i].last;
        all[i].taken += take_all(all[i].surface, &all[i].first, &all[i].last);
        camera_output_statistics counts = counts_of(all[i].output);
        camera_surface_statistics surface = t_statistics(all[i].surface);
        uint64_t numbers = all[i].last - all[i].first + 1;
        printf("  %s, %s: numbers %" PRIu64 " to %" PRIu64 ", delivered %" PRIu64 ", lost %" PRIu64
               ", dropped %" PRIu64 ", converted %" PRIu64 ", age %.2f ms, worst %.2f ms\n",
               all[i].made ? "made" : "native", all[i].sleeps ? "sleeps" : "quick", all[i].first,
               all[i].last, counts.delivered, counts.lost, counts.dropped, counts.converted,
               counts.age_median_ns / 1e6, counts.age_worst_ns / 1e6);
        CHECK(all[i].last >= last_seen && all[i].taken > 5);
        CHECK_EQ(counts.delivered, all[i].taken);
        CHECK_EQ(counts.corrupt, 0);
        CHECK_EQ(surface.delivered, counts.delivered);
        CHECK_EQ(surface.lost, counts.lost);
        CHECK_EQ(surface.dropped_full + surface.dropped_held + surface.dropped_early, counts.dropped);
        CHECK_EQ(surface.converted, counts.converted);
        CHECK_EQ(surface.age_worst_ns, counts.age_worst_ns);
        CHECK(counts.age_median_ns <= counts.age_worst_ns && counts.age_worst_ns > 0);
        /* What came before the first that was taken, or after the last, may be among the dropped. */
        uint64_t known = counts.delivered + counts.lost + counts.dropped;
        CHECK(known >= numbers);
        CHECK_EQ(surface.arrived, counts.delivered + surface.dropped_full + surface.dropped_held);
        if (all[i].sleeps)
            CHECK(counts.dropped > 0);
        else
            EXPECT(known == numbers, "%" PRIu64 " counted, %" PRIu64 " numbers", known, numbers);
        if (all[i].made)
            CHECK_EQ(counts.converted, surface.arrived);
        else
            CHECK_EQ(counts.converted, 0);
    }
    OK(camera_manager_release(manager));
}

static void counts_are_refused_where_there_are_none(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, INIT);
    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    uint64_t listener = 7;
    struct diary diary = DIARY_INIT;
    CHECK_CODE(camera_output_get_statistics(NULL, &counts), 101);
    CHECK_CODE(camera_output_get_statistics((camera_output *)rig.view, &counts), 101);
    CHECK_CODE(camera_output_get_statistics(rig.video, NULL), 101);
    counts.size = 8;
    CHECK_CODE(camera_output_get_statistics(rig.video, &counts), 101);
    CHECK_CODE(camera_output_add_listener(NULL, note, &diary, close_diary, &listener), 101);
    CHECK_CODE(camera_output_add_listener(rig.video, NULL, &diary, close_diary, &listener), 101);
    CHECK_CODE(camera_output_add_listener(rig.video, note, &diary, close_diary, NULL), 101);
    OK(camera_output_release(rig.video));
    counts.size = sizeof counts;
    CHECK_CODE(camera_output_get_statistics(rig.video, &counts), 201);
    CHECK_CODE(camera_output_add_listener(rig.video, note, &diary, close_diary, &listener), 201);
    CHECK(listener == 7 && diary.destroyed == 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- listeners that use the library ---------------------------------------------------------- */

struct meddler {
    struct t_rig *rig;
    uint64_t listener;
    int calls, destroyed;
    camera_session *then_release;
};

static void meddle(camera_output *output, const camera_output_event *event, void *user_data)
{
    struct meddler *meddler = user_data;
    meddler->calls++;
    if (event->type != CAMERA_OUTPUT_EVENT_TYPE_FRAME_START)
        return;
    /* The call is the last of this listener, and everything else works from inside, too. */
    OK(camera_output_remove_listener(output, meddler->listener));
    OK(camera_session_stop(meddler->rig->session));
    OK(camera_session_release(meddler->rig->session));
    OK(camera_output_release(output));
}

static void destroyed(void *user_data)
{
    __atomic_add_fetch(&((struct meddler *)user_data)->destroyed, 1, __ATOMIC_SEQ_CST);
}

static void a_listener_may_end_everything(void)
{
    for (int dispatch = 0; dispatch < 2; dispatch++) {
        camera_manager *manager =
            t_manager_of("virtual:1", dispatch ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
        struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
        struct meddler meddler = {&rig, 0, 0, 0, NULL};
        OK(camera_output_add_listener(rig.preview, meddle, &meddler, destroyed, &meddler.listener));
        OK(camera_session_start(rig.session));
        while (!__atomic_load_n(&meddler.destroyed, __ATOMIC_SEQ_CST)) {
            if (dispatch)
                OK(camera_manager_dispatch(manager, NULL));
            t_sleep_ms(1);
        }
        CHECK_EQ(meddler.calls, 1);
        CHECK_EQ(t_state(rig.session), RELEASED);
        t_rig_release(&rig);
        OK(camera_manager_release(manager));
        CHECK_EQ(meddler.destroyed, 1);
    }
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(runs_begin_and_end_with_their_frames),
        CASE(a_closed_input_ends_the_run),
        CASE(captures_go_through_their_events_in_order),
        CASE(a_released_output_tells_its_end),
        CASE(every_number_is_accounted_for),
        CASE(counts_are_refused_where_there_are_none),
        CASE(a_listener_may_end_everything),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
