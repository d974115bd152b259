/* A frame rate is changed after the detector, the types or the outputs of the session have: the stream
 * stays the one that was committed, and every output goes on getting frames of its own profile. */
#include "t_rig.h"

static uint32_t detect(camera_frame *frame, camera_metadata_object *objects, uint32_t capacity, void *user_data)
{
    (void)frame, (void)objects, (void)capacity, (void)user_data;
    return 0;
}

static void set_detector(camera_manager *manager, uint32_t width, uint32_t height)
{
    static const int32_t face = CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION;
    camera_detector_options options = CAMERA_DETECTOR_OPTIONS_INIT;
    options.format = T_NV12, options.width = width, options.height = height;
    options.max_frame_rate = 10, options.types = &face, options.type_count = 1;
    OK(camera_manager_set_detector(manager, &options, detect, NULL, NULL));
}

/* The next frames are of this size; that they come at all is half of it. */
static void check_frames(camera_surface *surface, uint32_t format, uint32_t width, uint32_t height)
{
    for (int i = 0; i < 8; i++) {
        camera_frame *frame = t_frame(surface);
        camera_frame_info info = t_info(frame);
        CHECK(info.format == format && info.width == width && info.height == height);
        OK(camera_frame_release(frame));
    }
}

static void after_the_detector_or_the_types_changed(void)
{
    static const int32_t types[] = {CAMERA_METADATA_OBJECT_TYPE_BAR_CODE_DETECTION,
                                    CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION};
    for (int what = 0; what < 3; what++) {
        camera_manager *manager = t_manager();
        camera_input *input = t_input(manager, 0, true);
        camera_surface *surface = t_surface(manager, 3, 0, 8);
        camera_output *preview = t_preview(manager, T_NV12, 320, 180, surface), *metadata = NULL;
        camera_session *session = t_session(manager);
        char before[1024], after[1024];
        OK(camera_manager_create_metadata_output(manager, &types[what == 2 ? 0 : 1], 1, &metadata));
        if (what != 0)
            set_detector(manager, 1280, 720);
        OK(camera_session_begin_config(session));
        OK(camera_session_add_input(session, input));
        OK(camera_session_add_output(session, preview));
        OK(camera_session_add_output(session, metadata));
        OK(camera_session_commit_config(session));
        OK(camera_session_start(session));
        OK(camera_session_explain_config(session, before, sizeof before, NULL));
        check_frames(surface, T_NV12, 320, 180);
        if (what == 0)
            set_detector(manager, 1280, 720);
        else if (what == 1)
            OK(camera_manager_set_detector(manager, NULL, NULL, NULL, NULL));
        else
            OK(camera_output_add_metadata_types(metadata, types, 2));
        /* What is told is what runs. */
        OK(camera_session_explain_config(session, after, sizeof after, NULL));
        CHECK(strcmp(before, after) == 0);
        OK(camera_output_set_frame_rate(preview, 10, 10));
        check_frames(surface, T_NV12, 320, 180);
        OK(camera_manager_release(manager));
    }
}

/* Another mode would serve the one that is left as well, at less cost. */
static void after_an_output_was_released(void)
{
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_surface *small = t_surface(manager, 3, 0, 8), *large = t_surface(manager, 3, 0, 8);
    camera_output *made = t_preview(manager, T_NV12, 320, 240, small);
    camera_output *native = t_preview(manager, T_YUYV, 640, 480, large);
    camera_session *session = t_session(manager);
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, made));
    OK(camera_session_add_output(session, native));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    check_frames(small, T_NV12, 320, 240);
    OK(camera_output_release(native));
    OK(camera_output_set_frame_rate(made, 10, 10));
    check_frames(small, T_NV12, 320, 240);
    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    OK(camera_output_get_statistics(made, &counts));
    CHECK_EQ(counts.corrupt, 0);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(after_the_detector_or_the_types_changed),
        CASE(after_an_output_was_released),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
