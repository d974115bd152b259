/*
 * test_virtual_mjpeg.c: the Motion-JPEG of virtual cameras: libjpeg-turbo decodes each picture without
 * a warning, and the number in it is that of the frame; a recorder takes them.
 */
#include "t_recorder.h"

#include <turbojpeg.h>

#define MJPG CAMERA_FOURCC('M', 'J', 'P', 'G')

static void pictures_decode_without_a_warning(void)
{
    static const uint32_t sizes[][2] = {{320, 180}, {640, 480}, {1920, 1080}};
    static uint8_t luma[1920 * 1088], chroma[2][960 * 1088];
    camera_manager *manager = t_manager();
    tjhandle decoder = tjInitDecompress();
    CHECK(decoder != NULL);
    for (size_t i = 0; i < T_COUNT(sizes); i++) {
        int width = 0, height = 0, sampling = 0, colours = 0;
        camera_input *input = t_input(manager, (int)i, true);
        camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 3);
        camera_output *preview = t_preview(manager, MJPG, sizes[i][0], sizes[i][1], surface);
        camera_session *session = t_session(manager);
        OK(camera_session_begin_config(session));
        OK(camera_session_add_input(session, input));
        OK(camera_session_add_output(session, preview));
        OK(camera_session_commit_config(session));
        OK(camera_session_start(session));
        for (int frames = 0; frames < 8; frames++) {
            camera_frame *frame = t_frame(surface);
            camera_frame_info info = t_info(frame);
            camera_plane plane = CAMERA_PLANE_INIT;
            OK(camera_frame_get_plane(frame, 0, &plane));
            CHECK_EQ(info.format, MJPG);
            CHECK(info.flags & CAMERA_FRAME_KEYFRAME);
            unsigned char *planes[3] = {luma, chroma[0], chroma[1]};
            int strides[3] = {1920, 960, 960};
            CHECK_EQ(tjDecompressHeader3(decoder, plane.data, plane.length, &width, &height, &sampling, &colours), 0);
            CHECK(width == (int)info.width && height == (int)info.height && sampling == TJSAMP_422);
            if (tjDecompressToYUVPlanes(decoder, plane.data, plane.length, planes, width, strides, height, 0) != 0)
                FAIL("%dx%d: %s", width, height, tjGetErrorStr2(decoder));
            /* t_number() reads rows without gaps: bring the row of cells there. */
            memmove(luma + width / 80 * width, luma + width / 80 * 1920, (size_t)width);
            CHECK_EQ(t_number(luma, (uint32_t)width, 1), (int64_t)info.sequence);
            OK(camera_frame_release(frame));
        }
        OK(camera_session_release(session));
    }
    CHECK_EQ(tjDestroy(decoder), 0);
    OK(camera_manager_release(manager));
}

/* Nothing is lost or changed on the way to a file. */
static void a_recording_takes_it_as_it_is(void)
{
    camera_manager *manager = t_manager();
    struct t_rec rec = t_rec_with(manager, t_recorder(manager, CAMERA_CONTAINER_MATROSKA, t_path("a.mkv")), MJPG, 640, 480);
    OK(camera_recorder_start(rec.recorder));
    T_WAIT_FOR_FRAMES(rec.recorder, 20);
    OK(camera_recorder_stop(rec.recorder));
    CHECK_EQ(t_recorded(rec.recorder).skipped, 0);
    const struct t_file *file = t_file(t_path("a.mkv"));
    CHECK(strcmp(file->codec, "V_MJPEG") == 0 && file->finished);
    t_decodes(t_path("a.mkv"), file->frames);
    OK(camera_manager_release(manager));
    t_folder_remove();
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(pictures_decode_without_a_warning),
        CASE(a_recording_takes_it_as_it_is),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
