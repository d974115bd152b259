/*
 * test_replay.c: what was recorded is a camera again: the same pictures (by the numbers in them), the
 * same times between them, format and size; in both dispatch modes; and files that are no cameras.
 */
#include "t_recorder.h"

#include <stddef.h>

#define MJPG CAMERA_FOURCC('M', 'J', 'P', 'G')

/* Records so many frames of a virtual camera. */
static void record(const char *path, int32_t container, uint32_t format, uint64_t frames)
{
    camera_manager *manager = t_manager();
    struct t_rec rec = t_rec_with(manager, t_recorder(manager, container, path), format, 320, 240);
    OK(camera_recorder_start(rec.recorder));
    T_WAIT_FOR_FRAMES(rec.recorder, frames);
    OK(camera_recorder_stop(rec.recorder));
    OK(camera_manager_release(manager));
}

/* The application's own quoting of a path. */
static const char *list_of(const char *path, const char *options)
{
    static char list[600];
    snprintf(list, sizeof list, "replay:%s%s", path, options);
    return list;
}

struct player {
    camera_manager *manager;
    camera_input *input;
    camera_surface *surface;
    camera_session *session;
};

static struct player play(const char *list, int32_t dispatch, uint32_t format)
{
    struct player player = {t_manager_of(list, dispatch), NULL, NULL, NULL};
    camera_list *cameras = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    OK(camera_manager_list_cameras(player.manager, &cameras));
    OK(camera_list_get(cameras, 0, &camera));
    OK(camera_list_release(cameras));
    CHECK(strcmp(camera.id, "replay:0") == 0 && strstr(list, camera.path) != NULL && strstr(camera.path, camera.name) != NULL);
    OK(camera_manager_create_input(player.manager, camera.id, &player.input));
    OK(camera_input_open(player.input));
    player.surface = t_surface(player.manager, 16, CAMERA_SURFACE_POLICY_DROP_OLDEST, 2);
    camera_output *preview = t_preview(player.manager, format, 320, 240, player.surface);
    player.session = t_session(player.manager);
    OK(camera_session_begin_config(player.session));
    OK(camera_session_add_input(player.session, player.input));
    OK(camera_session_add_output(player.session, preview));
    OK(camera_session_commit_config(player.session));
    return player;
}

/* What the frames of a run are compared with. */
struct expected {
    const struct t_file *file;
    size_t step; /* bytes from luma to luma; 0: compressed */
    uint64_t count, last;
    int64_t start;
};

static void check_frame(struct expected *expected, camera_frame *frame)
{
    const struct t_file *file = expected->file;
    camera_frame_info info = t_info(frame);
    camera_plane plane = CAMERA_PLANE_INIT;
    OK(camera_frame_get_plane(frame, 0, &plane));
    CHECK(info.width == 320 && info.height == 240 && (expected->count == 0 || info.sequence > expected->last));
    size_t index = info.sequence % file->frames;
    if (expected->step)
        CHECK_EQ(t_number(plane.data, 320, expected->step), file->at[index].number);
    else
        CHECK((info.flags & CAMERA_FRAME_KEYFRAME) && plane.length > 4 && memcmp(plane.data, "\xff\xd8", 2) == 0);
    /* Within the first pass the times are the file's. */
    if (info.sequence < file->frames) {
        double ms = *file->codec ? file->at[index].ms : (double)index * 1000 / file->rate;
        if (expected->start == 0)
            expected->start = info.timestamp_ns - (int64_t)(ms * 1e6);
        double off = (double)(info.timestamp_ns - expected->start) / 1e6 - ms;
        EXPECT(off > -0.001 && off < 0.001, "frame %d is %f ms off", (int)index, off);
    }
    expected->last = info.sequence;
    expected->count++;
}

static void played(int32_t container, uint32_t format, size_t step, const char *name)
{
    record(t_path(name), container, format, 20);
    const struct t_file *file = t_file(t_path(name));
    struct player player = play(list_of(t_path(name), ""), CAMERA_DISPATCH_LIBRARY, format);
    for (int round = 0; round < 2; round++) {
        struct expected expected = {file, step, 0, 0, 0};
        OK(camera_session_start(player.session));
        /* On beyond the end, where the file begins again. */
        while (expected.last < file->frames + 5) {
            camera_frame *frame = t_frame(player.surface);
            check_frame(&expected, frame);
            OK(camera_frame_release(frame));
        }
        CHECK(expected.count > file->frames / 2);
        OK(camera_session_stop(player.session));
        for (camera_frame *frame = NULL; OK(camera_surface_acquire(player.surface, 0, &frame)), frame != NULL;)
            OK(camera_frame_release(frame));
    }
    OK(camera_manager_release(player.manager));
    t_folder_remove();
}

static void uncompressed_matroska(void) { played(CAMERA_CONTAINER_MATROSKA, T_YUYV, 2, "a.mkv"); }
static void motion_jpeg_in_matroska(void) { played(CAMERA_CONTAINER_MATROSKA, MJPG, 0, "a.mkv"); }
static void y4m(void) { played(CAMERA_CONTAINER_Y4M, T_YU12, 1, "a b.y4m"); }

/* --- one thread -------------------------------------------------------------------------------- */

static struct expected called;

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)user_data;
    check_frame(&called, frame);
    OK(camera_frame_release(frame));
}

static int ended;
static int32_t end_code;

static void on_end(int32_t code, const char *detail, void *user_data)
{
    (void)user_data;
    CHECK(strstr(detail, "+once") != NULL);
    end_code = code;
    __atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
}

/* The whole file, once, and then the camera is gone. */
static void once_in_caller_driven_mode(void)
{
    uint64_t listener;
    record(t_path("a.mkv"), CAMERA_CONTAINER_MATROSKA, T_YUYV, 20);
    called.file = t_file(t_path("a.mkv"));
    called.step = 2;
    struct player player = play(list_of(t_path("a.mkv"), "+once"), CAMERA_DISPATCH_CALLER, T_YUYV);
    OK(camera_surface_set_callback(player.surface, on_frame, NULL, NULL));
    OK(camera_session_add_error_listener(player.session, on_end, NULL, NULL, &listener));
    OK(camera_session_start(player.session));
    WAIT_UNTIL((OK(camera_manager_dispatch(player.manager, NULL)), ended > 0 && called.last + 1 == called.file->frames));
    CHECK_EQ(ended, 1);
    CHECK_EQ(end_code, 7400108);
    CHECK_CODE(camera_session_stop(player.session), 201);
    /* It is there again for whoever starts it again. */
    memset(&called.count, 0, sizeof called - offsetof(struct expected, count));
    OK(camera_session_start(player.session));
    WAIT_UNTIL((OK(camera_manager_dispatch(player.manager, NULL)), ended == 2));
    OK(camera_session_release(player.session));
    OK(camera_manager_release(player.manager));
    t_folder_remove();
}

/* Cut off anywhere, a recording plays up to there. */
static void a_recording_that_was_cut_off(void)
{
    uint64_t listener;
    record(t_path("a.mkv"), CAMERA_CONTAINER_MATROSKA, T_YUYV, 10);
    const struct t_file *file = t_file(t_path("a.mkv"));
    CHECK_EQ(truncate(t_path("a.mkv"), (off_t)(file->size * 2 / 3)), 0);
    /* On a busy machine what is late is passed over, the last frames too: several times then. */
    uint64_t frames = 0;
    for (int i = 0; i < 10 && frames < file->frames / 2; i++) {
        struct player player = play(list_of(t_path("a.mkv"), "+once"), CAMERA_DISPATCH_LIBRARY, T_YUYV);
        struct expected expected = {file, 2, 0, 0, 0};
        ended = 0;
        OK(camera_session_add_error_listener(player.session, on_end, NULL, NULL, &listener));
        OK(camera_session_start(player.session));
        WAIT_UNTIL(__atomic_load_n(&ended, __ATOMIC_SEQ_CST) == 1);
        for (camera_frame *frame = NULL; OK(camera_surface_acquire(player.surface, 0, &frame)), frame != NULL;) {
            check_frame(&expected, frame);
            OK(camera_frame_release(frame));
        }
        frames = expected.last + 1;
        CHECK(frames < file->frames);
        OK(camera_manager_release(player.manager));
    }
    CHECK(frames >= file->frames / 2);
    t_folder_remove();
}

/* JPEG pictures one after the other; the rate is the user's. */
static void jpeg_pictures(void)
{
    /* Photos of a virtual camera. */
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    for (int i = 0; i < 3; i++) {
        camera_photo *photo = NULL;
        char command[1000];
        OK(camera_output_take_photo(rig.photo, NULL, -1, &photo));
        OK(camera_photo_save(photo, t_path("one.jpg")));
        OK(camera_photo_release(photo));
        snprintf(command, sizeof command, "cat %s >> %s", t_path("one.jpg"), t_path("all,1+2.mjpg"));
        CHECK_EQ(system(command), 0);
    }
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    char list[600];
    snprintf(list, sizeof list, "replay:%s/all%%2C1%%2B2.mjpg+rate=50", t_folder());
    manager = t_manager_of(list, CAMERA_DISPATCH_LIBRARY);
    camera_capability *offer = NULL;
    camera_profile profile = CAMERA_PROFILE_INIT;
    OK(camera_manager_get_capability(manager, "replay:0", CAMERA_SCENE_MODE_NORMAL_VIDEO, &offer));
    OK(camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_VIDEO, 0, &profile));
    CHECK(profile.width == 320 && profile.height == 240 && profile.max_frame_rate == 50);
    camera_input *input = NULL;
    OK(camera_manager_create_input(manager, "replay:0", &input));
    OK(camera_input_open(input));
    /* Decoded by the library. */
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 2);
    camera_output *preview = t_preview(manager, T_NV12, 320, 240, surface);
    camera_session *session = t_session(manager);
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    for (int i = 0; i < 10; i++) {
        camera_plane plane = CAMERA_PLANE_INIT;
        camera_frame *frame = t_frame(surface);
        OK(camera_frame_get_plane(frame, 0, &plane));
        CHECK(plane.stride == 320 && t_number(plane.data, 320, 1) >= 0);
        OK(camera_frame_release(frame));
    }
    OK(camera_manager_release(manager));
    t_folder_remove();
}

/* The recorder waits for frames that do not come; the file has all that came, and is a camera. */
static void a_recording_of_a_camera_that_was_unplugged(void)
{
    camera_manager *manager = t_manager_of("virtual+unplug@20f", CAMERA_DISPATCH_LIBRARY);
    camera_recorder *recorder = t_recorder(manager, CAMERA_CONTAINER_MATROSKA, t_path("a.mkv"));
    OK(camera_recorder_start(recorder));
    struct t_rec rec = t_rec_with(manager, recorder, T_YUYV, 320, 240);
    WAIT_UNTIL(t_recorded(recorder).frames > 0);
    t_sleep_ms(600);
    CHECK_EQ(t_recorder_state(recorder), CAMERA_RECORDER_STATE_RECORDING);
    CHECK_CODE(camera_session_stop(rec.session), 201);
    OK(camera_recorder_stop(recorder));
    uint64_t frames = t_recorded(recorder).frames;
    OK(camera_manager_release(manager));
    const struct t_file *file = t_check_file(t_path("a.mkv"), frames, 0);
    CHECK(frames >= 1 && frames <= 20);
    struct player player = play(list_of(t_path("a.mkv"), ""), CAMERA_DISPATCH_LIBRARY, T_YUYV);
    struct expected expected = {file, 2, 0, 0, 0};
    OK(camera_session_start(player.session));
    camera_frame *frame = t_frame(player.surface);
    check_frame(&expected, frame);
    OK(camera_frame_release(frame));
    OK(camera_manager_release(player.manager));
    t_folder_remove();
}

static void files_that_are_no_cameras(void)
{
    camera_input *input = NULL;
    camera_list *cameras = NULL;
    uint32_t count = 9;
    camera_manager *manager = t_manager_of("replay:/nonexistent/a.mkv,replay:/etc/passwd,replay:/proc/self", CAMERA_DISPATCH_LIBRARY);
    OK(camera_manager_list_cameras(manager, &cameras));
    OK(camera_list_get_count(cameras, &count));
    CHECK_EQ(count, 3); /* opening a missing one says what is wrong */
    OK(camera_manager_create_input(manager, "replay:0", &input));
    CHECK_CODE(camera_input_open(input), 108);
    CHECK(strstr(camera_error_detail(), "/nonexistent/a.mkv") != NULL);
    OK(camera_manager_create_input(manager, "replay:1", &input));
    CHECK_CODE(camera_input_open(input), 201);
    CHECK(strstr(camera_error_detail(), "YUV4MPEG2") != NULL);
    OK(camera_manager_create_input(manager, "replay:2", &input));
    CHECK_CODE(camera_input_open(input), 201);
    OK(camera_manager_release(manager));
    static const char *const wrong[] = {"replay:", "replay", "replay:a%", "replay:a+often", "replay:a+rate=x"};
    for (size_t i = 0; i < T_COUNT(wrong); i++) {
        camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
        options.cameras = wrong[i];
        CHECK_CODE(camera_manager_create(&options, &manager), 101);
        CHECK(strstr(camera_error_detail(), "at character") != NULL);
    }
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(uncompressed_matroska),
        CASE(motion_jpeg_in_matroska),
        CASE(y4m),
        CASE(once_in_caller_driven_mode),
        CASE(a_recording_that_was_cut_off),
        CASE(jpeg_pictures),
        CASE(a_recording_of_a_camera_that_was_unplugged),
        CASE(files_that_are_no_cameras),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
