/*
 * Every output from one stream: a preview, a video and photos, each in its own size and layout, from
 * one camera. The number that the virtual camera draws must be readable in what was scaled, converted
 * and encoded, and be the frame's own: the right pixels in the right frame. The plan is told in words
 * before commit, and a refusal with its reason.
 */
#include "t_rig.h"

#define T_I420 CAMERA_FOURCC('Y', 'U', '1', '2')

/* The number in the cells along the top edge, as src/backend/virtual_camera/pattern.rs draws them:
 * 40 cells, 1010, 32 bits from the highest on, 4 bits of check. -1: none is readable. */
static long long number_in(camera_frame *frame)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    camera_plane plane = CAMERA_PLANE_INIT;
    uint64_t cells = 0;
    OK(camera_frame_get_info(frame, &info));
    OK(camera_frame_get_plane(frame, 0, &plane));
    const unsigned char *bytes = plane.data;
    uint32_t step = info.format == CAMERA_FORMAT_RGBA_8888 ? 4 : 1;
    for (uint32_t cell = 0; cell < 40; cell++) {
        size_t x = (size_t)(2 * cell + 1) * info.width / 80, y = info.width / 80;
        cells = cells << 1 | (bytes[y * plane.stride + x * step] > 128);
    }
    return cells >> 36 == 10 ? (long long)(cells >> 4 & 0xffffffff) : -1;
}

static camera_output *add(camera_session *session, camera_output *output)
{
    OK(camera_session_add_output(session, output));
    return output;
}

static void three_outputs_from_one_camera(void)
{
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_surface *view = t_surface(manager, 16, CAMERA_SURFACE_POLICY_DROP_NEWEST, 16);
    camera_surface *tape = t_surface(manager, 16, CAMERA_SURFACE_POLICY_DROP_NEWEST, 16);
    camera_session *session = t_session(manager);
    char text[2048];
    size_t needed = 0;
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    add(session, t_preview(manager, T_NV12, 640, 360, view));
    camera_output *video = add(session, t_video(manager, T_I420, 1280, 720, 30, 30, tape));
    camera_output *photo = add(session, t_photo(manager, 1920, 1080, NULL));
    OK(camera_session_explain_config(session, text, sizeof text, &needed));
    printf("%s", text);
    CHECK_EQ(needed, strlen(text) + 1);
    CHECK(strstr(text, "camera: ") == text && strstr(text, "1920x1080 at 30 per second"));
    CHECK(strstr(text, "preview NV12 640x360: ") && strstr(text, "scale"));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    OK(camera_output_start(video));

    for (int i = 0; i < 20; i++) {
        struct {
            camera_surface *surface;
            uint32_t format, width, height;
        } both[] = { { view, T_NV12, 640, 360 }, { tape, T_I420, 1280, 720 } };
        for (int which = 0; which < 2; which++) {
            camera_frame *frame = NULL;
            camera_frame_info info = CAMERA_FRAME_INFO_INIT;
            OK(camera_surface_acquire(both[which].surface, 20000, &frame));
            CHECK(frame != NULL);
            OK(camera_frame_get_info(frame, &info));
            CHECK(info.format == both[which].format && info.width == both[which].width);
            CHECK_EQ(number_in(frame), info.sequence);
            OK(camera_frame_release(frame));
        }
    }
    camera_photo *taken = NULL;
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    OK(camera_output_take_photo(photo, NULL, 20000, &taken));
    OK(camera_photo_get_info(taken, &info));
    CHECK(info.width == 1920 && info.height == 1080);
    OK(camera_photo_release(taken));
    OK(camera_manager_release(manager));
}

/* Every layout that is made, at the camera's own size and smaller. */
static void every_layout_that_is_made(void)
{
    const uint32_t formats[] = { T_NV12, CAMERA_FOURCC('N', 'V', '2', '1'), T_I420, CAMERA_FORMAT_YUV_420_SP,
                                 CAMERA_FORMAT_RGBA_8888 };
    const uint32_t sizes[][2] = { { 1280, 720 }, { 960, 540 }, { 640, 360 } };
    camera_manager *manager = t_manager();
    for (size_t f = 0; f < T_COUNT(formats); f++) {
        for (size_t s = 0; s < T_COUNT(sizes); s++) {
            camera_input *input = t_input(manager, (int)s, true);
            camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
            camera_output *preview = t_preview(manager, formats[f], sizes[s][0], sizes[s][1], surface);
            camera_session *session = t_session(manager);
            camera_frame *frame = NULL;
            camera_frame_info info = CAMERA_FRAME_INFO_INIT;
            OK(camera_session_begin_config(session));
            OK(camera_session_add_input(session, input));
            add(session, preview);
            OK(camera_session_commit_config(session));
            OK(camera_session_start(session));
            OK(camera_surface_acquire(surface, 20000, &frame));
            CHECK(frame != NULL);
            OK(camera_frame_get_info(frame, &info));
            CHECK(info.format == formats[f] && info.width == sizes[s][0] && info.height == sizes[s][1]);
            CHECK_EQ(number_in(frame), info.sequence);
            OK(camera_session_release(session));
            CHECK_EQ(number_in(frame), info.sequence);
            OK(camera_frame_release(frame));
            OK(camera_output_release(preview));
            OK(camera_surface_release(surface));
            OK(camera_input_release(input));
        }
    }
    OK(camera_manager_release(manager));
}

/* One that sleeps on its output does not slow the others. */
static void a_slow_consumer_starves_only_itself(void)
{
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_surface *slow = t_surface(manager, 2, CAMERA_SURFACE_POLICY_DROP_OLDEST, 2);
    camera_surface *quick = t_surface(manager, 8, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_session *session = t_session(manager);
    camera_frame *held[2] = { NULL, NULL };
    uint64_t first = 0, last = 0;
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    add(session, t_preview(manager, T_NV12, 640, 360, slow));
    add(session, t_preview(manager, T_I420, 320, 180, quick));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    for (int i = 0; i < 2; i++)
        OK(camera_surface_acquire(slow, 20000, &held[i]));
    for (int i = 0; i < 40; i++) {
        camera_frame *frame = NULL;
        camera_frame_info info = CAMERA_FRAME_INFO_INIT;
        OK(camera_surface_acquire(quick, 20000, &frame));
        CHECK(frame != NULL);
        OK(camera_frame_get_info(frame, &info));
        CHECK(i == 0 || info.sequence > last);
        first = i == 0 ? info.sequence : first;
        last = info.sequence;
        CHECK_EQ(number_in(frame), info.sequence);
        OK(camera_frame_release(frame));
    }
    printf("40 frames over %" PRIu64 " numbers beside one who holds all of his\n", last - first + 1);
    for (int i = 0; i < 2; i++)
        OK(camera_frame_release(held[i]));
    OK(camera_manager_release(manager));
}

static void refusals_are_explained(void)
{
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_session *session = t_session(manager);
    char text[512], tiny[4];
    CHECK_CODE(camera_session_explain_config(session, text, sizeof text, NULL), 103);
    OK(camera_session_begin_config(session));
    CHECK_CODE(camera_session_explain_config(session, text, sizeof text, NULL), 201);
    OK(camera_session_add_input(session, input));
    CHECK_CODE(camera_session_explain_config(session, text, sizeof text, NULL), 201);
    CHECK_CODE(camera_session_explain_config(session, NULL, sizeof text, NULL), 101);
    CHECK_CODE(camera_session_explain_config(session, text, 0, NULL), 101);
    /* A layout that is never made binds the camera to it; a photo cannot be larger than that. */
    add(session, t_preview(manager, T_YUYV, 640, 480, surface));
    camera_output *photo = add(session, t_photo(manager, 1920, 1080, NULL));
    OK(camera_session_explain_config(session, text, sizeof text, NULL));
    printf("%s", text);
    CHECK(strstr(text, "refused, SERVICE_FATAL_ERROR: ") == text);
    CHECK_CODE(camera_session_commit_config(session), 201);
    OK(camera_session_remove_output(session, photo));
    OK(camera_session_explain_config(session, tiny, sizeof tiny, NULL));
    CHECK(strcmp(tiny, "cam") == 0);
    OK(camera_session_commit_config(session));
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(three_outputs_from_one_camera),
        CASE(every_layout_that_is_made),
        CASE(a_slow_consumer_starves_only_itself),
        CASE(refusals_are_explained),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
