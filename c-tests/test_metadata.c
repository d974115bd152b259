/*
 * test_metadata.c: metadata outputs and the detector that the application gives: what is offered,
 * the states, the frames that the detector gets, and the objects that come back as events.
 */
#include "t_rig.h"

enum { FACE = CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION, CODE = CAMERA_METADATA_OBJECT_TYPE_BAR_CODE_DETECTION };

static const int32_t both[] = {FACE, CODE};

struct detector {
    pthread_mutex_t lock;
    unsigned calls, destroyed;
    uint32_t width, height;
    int64_t last_ns, least_gap_ns;
    camera_metadata_object found[3];
    uint32_t count;
};

static uint32_t detect(camera_frame *frame, camera_metadata_object *objects, uint32_t capacity, void *user_data)
{
    struct detector *self = user_data;
    camera_frame_info info = t_info(frame);
    pthread_mutex_lock(&self->lock);
    CHECK(capacity == CAMERA_DETECTOR_MOST_OBJECTS && objects[0].timestamp_ns == 0);
    CHECK(info.width == self->width && info.height == self->height && info.format == T_NV12);
    if (self->calls > 0 && (self->least_gap_ns == 0 || info.timestamp_ns - self->last_ns < self->least_gap_ns))
        self->least_gap_ns = info.timestamp_ns - self->last_ns;
    self->last_ns = info.timestamp_ns;
    self->calls++;
    memcpy(objects, self->found, sizeof self->found);
    uint32_t count = self->count;
    pthread_mutex_unlock(&self->lock);
    return count;
}

static void end_detector(void *user_data)
{
    __atomic_add_fetch(&((struct detector *)user_data)->destroyed, 1, __ATOMIC_SEQ_CST);
}

static unsigned calls_of(struct detector *detector)
{
    pthread_mutex_lock(&detector->lock);
    unsigned calls = detector->calls;
    pthread_mutex_unlock(&detector->lock);
    return calls;
}

static void set_detector(camera_manager *manager, struct detector *detector, uint32_t rate)
{
    camera_detector_options options = CAMERA_DETECTOR_OPTIONS_INIT;
    options.format = T_NV12;
    options.width = detector->width;
    options.height = detector->height;
    options.max_frame_rate = rate;
    options.types = both;
    options.type_count = 2;
    OK(camera_manager_set_detector(manager, &options, detect, detector, end_detector));
}

struct sightings {
    pthread_mutex_t lock;
    unsigned starts, ends, events;
    uint32_t count;
    camera_metadata_object at[8];
    int64_t timestamp_ns;
};

static void see(camera_output *output, const camera_output_event *event, void *user_data)
{
    struct sightings *self = user_data;
    (void)output;
    pthread_mutex_lock(&self->lock);
    self->starts += event->type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_START;
    self->ends += event->type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_END;
    if (event->type == CAMERA_OUTPUT_EVENT_TYPE_METADATA_OBJECTS_AVAILABLE) {
        CHECK(event->object_count > 0 && event->object_count <= 8 && event->code == 0);
        self->events++;
        self->count = event->object_count;
        self->timestamp_ns = event->timestamp_ns;
        memcpy(self->at, event->objects, event->object_count * sizeof *event->objects);
    }
    pthread_mutex_unlock(&self->lock);
}

static unsigned events_of(struct sightings *sightings)
{
    pthread_mutex_lock(&sightings->lock);
    unsigned events = sightings->events;
    pthread_mutex_unlock(&sightings->lock);
    return events;
}

static camera_output *metadata_output(camera_manager *manager)
{
    camera_output *output = NULL;
    OK(camera_manager_create_metadata_output(manager, both, 2, &output));
    return output;
}

static void check_offered(camera_manager *manager, uint32_t expected)
{
    camera_capability *capability = NULL;
    uint32_t count = 99;
    OK(camera_manager_get_capability(manager, "virtual:0", CAMERA_SCENE_MODE_NORMAL_VIDEO, &capability));
    OK(camera_capability_get_metadata_type_count(capability, &count));
    CHECK_EQ(count, expected);
    for (uint32_t i = 0; i < count; i++) {
        int32_t type = -1;
        OK(camera_capability_get_metadata_type(capability, i, &type));
        CHECK_EQ(type, both[i]);
    }
    int32_t type = -1;
    CHECK_CODE(camera_capability_get_metadata_type(capability, count, &type), 101);
    CHECK_CODE(camera_capability_get_metadata_type(capability, 0, NULL), 101);
    CHECK_CODE(camera_capability_get_metadata_type_count(NULL, &count), 101);
    CHECK_EQ(type, -1);
    OK(camera_capability_release(capability));
}

/* Without a detector the output is there, is committed, and says at start why it cannot. */
static void without_a_detector_nothing_is_offered(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_output *output = metadata_output(manager);
    bool can = false;
    check_offered(manager, 0);
    CHECK_CODE(camera_output_start(output), 103);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_can_add_output(rig.session, output, &can));
    CHECK(!can);
    CHECK_CODE(camera_session_add_output(rig.session, output), 201);
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_can_add_output(rig.session, output, &can));
    CHECK(can);
    OK(camera_session_add_output(rig.session, output));
    CHECK_CODE(camera_session_add_output(rig.session, output), 201);
    OK(camera_session_add_output(rig.session, rig.preview));
    CHECK_CODE(camera_output_start(output), 103);
    OK(camera_session_commit_config(rig.session));
    CHECK_CODE(camera_output_start(output), 102);
    CHECK(strstr(camera_error_detail(), "camera_manager_set_detector"));
    CHECK_CODE(camera_output_stop(output), 201);
    OK(camera_session_start(rig.session));
    CHECK_CODE(camera_output_start(output), 102);
    OK(camera_frame_release(t_frame(rig.view)));
    OK(camera_output_release(output));
    CHECK_CODE(camera_output_start(output), 103);
    CHECK_CODE(camera_output_stop(output), 201);
    CHECK_CODE(camera_output_release(output), 201);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void arguments_are_checked(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    struct detector detector = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_detector_options good = CAMERA_DETECTOR_OPTIONS_INIT, bad;
    const int32_t unknown[] = {FACE, 99};
    camera_output *output = NULL;
    good.format = T_NV12, good.width = 320, good.height = 240, good.max_frame_rate = 10;
    good.types = both, good.type_count = 2;
    CHECK_CODE(camera_manager_set_detector(NULL, &good, detect, &detector, end_detector), 101);
    CHECK_CODE(camera_manager_set_detector(manager, NULL, detect, &detector, end_detector), 101);
#define BAD(change)                                                                            \
    bad = good;                                                                                \
    change;                                                                                    \
    CHECK_CODE(camera_manager_set_detector(manager, &bad, detect, &detector, end_detector), 101)
    BAD(bad.size = 4);
    BAD(bad.format = CAMERA_FORMAT_JPEG);
    BAD(bad.width = 0);
    BAD(bad.height = 100000);
    BAD(bad.max_frame_rate = 0);
    BAD(bad.types = NULL);
    BAD(bad.type_count = 0);
    BAD(bad.type_count = 33);
    BAD(bad.types = unknown);
    CHECK_EQ(detector.destroyed, 0);
    CHECK_CODE(camera_manager_create_metadata_output(NULL, both, 2, &output), 101);
    CHECK_CODE(camera_manager_create_metadata_output(manager, NULL, 2, &output), 101);
    CHECK_CODE(camera_manager_create_metadata_output(manager, both, 0, &output), 101);
    CHECK_CODE(camera_manager_create_metadata_output(manager, unknown, 2, &output), 101);
    CHECK_CODE(camera_manager_create_metadata_output(manager, both, 2, NULL), 101);
    CHECK(output == NULL);
    output = metadata_output(manager);
    CHECK_CODE(camera_output_add_metadata_types(output, unknown, 2), 101);
    CHECK_CODE(camera_output_add_metadata_types(output, NULL, 1), 101);
    CHECK_CODE(camera_output_add_metadata_types(NULL, both, 1), 101);
    CHECK_CODE(camera_output_add_metadata_types(rig.preview, both, 1), 101);
    OK(camera_output_add_metadata_types(output, both, 2));
    OK(camera_output_remove_metadata_types(output, both, 2));
    CHECK_CODE(camera_output_capture(output, NULL), 101);
    CHECK_CODE(camera_output_set_frame_rate(output, 10, 10), 101);
    CHECK_CODE(camera_output_add_deferred_surface(output, rig.view), 101);
    OK(camera_output_release(output));
    CHECK_CODE(camera_output_add_metadata_types(output, both, 2), 201);
    CHECK_CODE(camera_output_remove_metadata_types(output, both, 2), 201);
    /* Set and replaced and taken away: each is destroyed once. */
    OK(camera_manager_set_detector(manager, &good, detect, &detector, end_detector));
    OK(camera_manager_set_detector(manager, &good, detect, &detector, end_detector));
    OK(camera_manager_set_detector(manager, NULL, NULL, NULL, NULL));
    WAIT_UNTIL(__atomic_load_n(&detector.destroyed, __ATOMIC_SEQ_CST) == 2);
    OK(camera_manager_set_detector(manager, &good, detect, &detector, end_detector));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK_EQ(detector.destroyed, 3);
}

/* 4:3 frames of a 16:9 camera show its middle, so boxes must be carried over. */
static void objects_come_back_where_they_are_seen(void)
{
    struct detector detector = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .width = 320, .height = 240, .count = 3,
        .found = {
            {.type = FACE, .x = 0.0, .y = 0.25, .width = 1.0, .height = 0.5},
            {.type = CODE, .x = 0.5, .y = 0.5, .width = 0.25, .height = 0.25, .timestamp_ns = 77},
            {.type = 99, .x = 0, .y = 0, .width = 1, .height = 1},
        },
    };
    struct sightings sightings = {.lock = PTHREAD_MUTEX_INITIALIZER};
    uint64_t listener = 0;
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_surface *view = t_surface(manager, 3, 0, 8);
    camera_output *preview = t_preview(manager, T_YUYV, 1280, 720, view), *output = metadata_output(manager);
    camera_session *session = t_session(manager);
    set_detector(manager, &detector, 60);
    check_offered(manager, 2);
    OK(camera_output_add_listener(output, see, &sightings, NULL, &listener));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    OK(camera_session_add_output(session, output));
    char plan[1024];
    size_t needed;
    OK(camera_session_explain_config(session, plan, sizeof plan, &needed));
    CHECK(strstr(plan, "metadata NV12 320x240: crop 960x720 at 160,0"));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    OK(camera_frame_release(t_frame(view)));
    CHECK_EQ(calls_of(&detector), 0); /* not started */
    OK(camera_output_start(output));
    CHECK_CODE(camera_output_start(output), 201);
    WAIT_UNTIL(events_of(&sightings) > 3);
    pthread_mutex_lock(&sightings.lock);
    CHECK_EQ(sightings.count, 2);
    CHECK(sightings.at[0].type == FACE && sightings.at[1].type == CODE);
    /* 960 of 1280 columns, from 160 on. */
    CHECK(sightings.at[0].x == 0.125 && sightings.at[0].width == 0.75);
    CHECK(sightings.at[0].y == 0.25 && sightings.at[0].height == 0.5);
    CHECK(sightings.at[1].x == 0.5 && sightings.at[1].width == 0.1875);
    CHECK(sightings.at[0].timestamp_ns == sightings.timestamp_ns && sightings.timestamp_ns > 0);
    CHECK_EQ(sightings.at[1].timestamp_ns, 77);
    pthread_mutex_unlock(&sightings.lock);

    /* One type alone; then none, and then nothing is told. */
    OK(camera_output_remove_metadata_types(output, both, 1));
    unsigned before = events_of(&sightings);
    WAIT_UNTIL(events_of(&sightings) > before + 2);
    CHECK(sightings.count == 1 && sightings.at[0].type == CODE);
    OK(camera_output_remove_metadata_types(output, both, 2));
    unsigned calls = calls_of(&detector);
    WAIT_UNTIL(calls_of(&detector) > calls + 2);
    before = events_of(&sightings);
    calls = calls_of(&detector);
    WAIT_UNTIL(calls_of(&detector) > calls + 2);
    CHECK_EQ(events_of(&sightings), before);

    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    OK(camera_output_stop(output));
    CHECK_CODE(camera_output_stop(output), 201);
    OK(camera_output_get_statistics(output, &counts));
    CHECK(counts.delivered >= calls && counts.converted >= counts.delivered);
    WAIT_UNTIL(sightings.ends == 1 && sightings.starts == 1);

    /* Taken away, it goes on for the session that has it, and ends with that. */
    OK(camera_manager_set_detector(manager, NULL, NULL, NULL, NULL));
    check_offered(manager, 0);
    CHECK_EQ(detector.destroyed, 0);
    OK(camera_session_release(session));
    WAIT_UNTIL(__atomic_load_n(&detector.destroyed, __ATOMIC_SEQ_CST) == 1);
    OK(camera_manager_release(manager));
}

/* It gets no more frames than it wants, while the preview keeps its rate. */
static void the_detector_gets_frames_at_its_own_rate(void)
{
    struct detector detector = {.lock = PTHREAD_MUTEX_INITIALIZER, .width = 320, .height = 240};
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_output *output = metadata_output(manager);
    set_detector(manager, &detector, 10);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.preview));
    OK(camera_session_add_output(rig.session, output));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    OK(camera_output_start(output));
    camera_frame_info first = {0}, last = {0};
    for (int i = 0; i < 30; i++) {
        camera_frame *frame = t_frame(rig.view);
        last = t_info(frame);
        if (i == 0)
            first = last;
        OK(camera_frame_release(frame));
    }
    OK(camera_output_stop(output));
    /* Ten a second, by the camera's own clock: a frame more at either end. */
    unsigned most = (unsigned)((last.timestamp_ns - first.timestamp_ns) / 100000000) + 3;
    printf("  %u of %u frames\n", calls_of(&detector), (unsigned)(last.sequence - first.sequence) + 1);
    CHECK(calls_of(&detector) > 2 && calls_of(&detector) <= most);
    /* Behind frames that were lost it catches up. */
    CHECK(last.sequence - first.sequence + 1 > 30 || detector.least_gap_ns > 60000000);
    OK(camera_output_release(output));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* A detector that takes long holds up nobody; one that the application dispatches runs there. */
static uint32_t detect_slowly(camera_frame *frame, camera_metadata_object *objects, uint32_t capacity, void *user_data)
{
    (void)frame, (void)capacity;
    t_sleep_ms(300);
    objects[0].width = objects[0].height = 1;
    __atomic_add_fetch((unsigned *)user_data, 1, __ATOMIC_SEQ_CST);
    return UINT32_MAX; /* as many as fit */
}

static void a_slow_detector_holds_up_nobody(void)
{
    camera_detector_options options = CAMERA_DETECTOR_OPTIONS_INIT;
    unsigned calls = 0;
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_output *output = metadata_output(manager);
    options.format = T_NV12, options.width = 320, options.height = 240, options.max_frame_rate = 60;
    options.types = both, options.type_count = 2;
    OK(camera_manager_set_detector(manager, &options, detect_slowly, &calls, NULL));
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.preview));
    OK(camera_session_add_output(rig.session, output));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    OK(camera_output_start(output));
    for (int i = 0; i < 40; i++)
        OK(camera_frame_release(t_frame(rig.view)));
    CHECK(__atomic_load_n(&calls, __ATOMIC_SEQ_CST) < 20);
    OK(camera_output_stop(output));
    OK(camera_output_release(output));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK(calls > 0);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(without_a_detector_nothing_is_offered),
        CASE(arguments_are_checked),
        CASE(objects_come_back_where_they_are_seen),
        CASE(the_detector_gets_frames_at_its_own_rate),
        CASE(a_slow_detector_holds_up_nobody),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
