/*
 * test_zoom.c: zoom by showing a part of the picture, in every output: as the camera gives it, made
 * from it, compressed, and photos; at once and smoothly; remembered over configurations; and what it
 * answers in every state.
 */
#include "t_rig.h"

#include <math.h>

/* How often brightness changes a lot along a row in the lower half of a picture, where the pattern has
   nothing but upright bars and one that moves. A part of the picture has fewer. */
static int edges_of(camera_frame *frame)
{
    camera_frame_info info = t_info(frame);
    camera_plane plane = CAMERA_PLANE_INIT;
    OK(camera_frame_get_plane(frame, 0, &plane));
    bool rgb = info.format == CAMERA_FORMAT_RGBA_8888;
    uint32_t step = info.format == T_YUYV ? 2 : rgb ? 4 : 1;
    const unsigned char *row = (const unsigned char *)plane.data + (size_t)plane.stride * (info.height / 2);
    int edges = 0;
    int before = -1;
    for (uint32_t x = 0; x < info.width; x += 8) {
        const unsigned char *pixel = row + (size_t)x * step;
        int bright = rgb ? (2 * pixel[0] + 5 * pixel[1] + pixel[2]) / 8 : pixel[0];
        edges += before >= 0 && abs(bright - before) > 12;
        before = bright;
    }
    return edges;
}

static int edges(camera_surface *surface)
{
    camera_frame *frame = t_frame(surface);
    int count = edges_of(frame);
    OK(camera_frame_release(frame));
    return count;
}

/* Frames of the next ratio are there soon, behind those that waited. */
static void wait_for_fewer(camera_surface *surface, int than)
{
    for (int i = 0; i < 200; i++)
        if (edges(surface) < than)
            return;
    FAIL("the picture never had fewer than %d edges", than);
}

static void wait_for(camera_surface *surface, int count)
{
    for (int i = 0; i < 200; i++)
        if (abs(edges(surface) - count) <= 2)
            return;
    FAIL("the picture never had %d edges again", count);
}

static struct t_rig rig_of(camera_manager *manager, uint32_t format)
{
    struct t_rig rig = t_rig(manager, 0);
    OK(camera_output_release(rig.preview));
    rig.preview = t_preview(manager, format, 640, 480, rig.view);
    OK(camera_output_release(rig.photo));
    rig.photo = t_photo(manager, 640, 480, NULL);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.preview));
    OK(camera_session_add_output(rig.session, rig.photo));
    OK(camera_session_commit_config(rig.session));
    return rig;
}

static double ratio_of(camera_session *session)
{
    double ratio = 0;
    OK(camera_session_get_zoom_ratio(session, &ratio));
    return ratio;
}

static void a_part_is_shown(uint32_t format)
{
    camera_manager *manager = t_manager_of("virtual+plain", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = rig_of(manager, format);
    double least = 0, most = 0;
    OK(camera_session_get_zoom_ratio_range(rig.session, &least, &most));
    CHECK(least == 1 && most == 8);
    CHECK(ratio_of(rig.session) == 1);
    OK(camera_session_start(rig.session));
    int whole = edges(rig.view);
    CHECK(whole >= 6);
    OK(camera_session_set_zoom_ratio(rig.session, 4));
    CHECK(ratio_of(rig.session) == 4);
    wait_for_fewer(rig.view, whole / 2);
    /* The frames stay what they were. */
    uint64_t next = 0;
    for (int i = 0; i < 10; i++) {
        camera_frame *frame = t_frame(rig.view);
        camera_frame_info info = t_info(frame);
        CHECK(info.format == format && info.width == 640 && info.height == 480);
        CHECK(info.flags & CAMERA_FRAME_CONVERTED);
        CHECK(info.sequence >= next);
        next = info.sequence + 1;
        OK(camera_frame_release(frame));
    }
    OK(camera_session_set_zoom_ratio(rig.session, 0.25)); /* clamped */
    CHECK(ratio_of(rig.session) == 1);
    wait_for(rig.view, whole);
    OK(camera_session_set_zoom_ratio(rig.session, 1000));
    CHECK(ratio_of(rig.session) == 8);
    wait_for_fewer(rig.view, whole / 2);
    /* Over stop and start, and over a new configuration. */
    OK(camera_session_stop(rig.session));
    OK(camera_session_start(rig.session));
    CHECK(ratio_of(rig.session) == 8);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_commit_config(rig.session));
    CHECK(ratio_of(rig.session) == 8);
    OK(camera_session_start(rig.session));
    wait_for_fewer(rig.view, whole / 2);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void of_frames_as_they_are(void) { a_part_is_shown(T_YUYV); }
static void of_frames_with_chroma_in_pairs(void) { a_part_is_shown(CAMERA_FOURCC('N', 'V', '1', '2')); }
static void of_frames_that_are_made(void) { a_part_is_shown(CAMERA_FORMAT_RGBA_8888); }

/* Motion-JPEG is compressed again, and photos of it are what is shown. */
static void of_compressed_frames_and_photos(void)
{
    camera_manager *manager = t_manager_of("virtual+plain", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = rig_of(manager, CAMERA_FOURCC('M', 'J', 'P', 'G'));
    size_t sizes[2] = {0, 0};
    OK(camera_session_start(rig.session));
    for (int zoomed = 0; zoomed < 2; zoomed++) {
        camera_photo *photo = NULL;
        camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
        OK(camera_session_set_zoom_ratio(rig.session, zoomed ? 6 : 1));
        OK(camera_output_take_photo(rig.photo, NULL, (int32_t)(t_limit() * 800), &photo));
        OK(camera_photo_get_info(photo, &info));
        sizes[zoomed] = info.length;
        OK(camera_photo_release(photo));
    }
    printf("  photo: %zu bytes, zoomed %zu\n", sizes[0], sizes[1]);
    CHECK(sizes[1] != sizes[0]);
    for (int i = 0; i < 20; i++) {
        camera_frame *frame = t_frame(rig.view);
        camera_plane plane = CAMERA_PLANE_INIT;
        OK(camera_frame_get_plane(frame, 0, &plane));
        const unsigned char *bytes = plane.data;
        CHECK(plane.length > 4 && bytes[0] == 0xff && bytes[1] == 0xd8);
        OK(camera_frame_release(frame));
    }
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static int told;
static int64_t told_ms;

static void on_session(camera_session *session, const camera_session_event *event, void *user_data)
{
    (void)session, (void)user_data;
    if (event->type == CAMERA_SESSION_EVENT_TYPE_SMOOTH_ZOOM_INFO) {
        __atomic_store_n(&told_ms, event->value, __ATOMIC_SEQ_CST);
        __atomic_add_fetch(&told, 1, __ATOMIC_SEQ_CST);
    }
}

static void smoothly(void)
{
    camera_manager *manager = t_manager_of("virtual+plain", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = rig_of(manager, T_YUYV);
    uint64_t listener;
    OK(camera_session_add_listener(rig.session, on_session, NULL, NULL, &listener));
    OK(camera_session_start(rig.session));
    OK(camera_session_set_smooth_zoom(rig.session, 4, CAMERA_SMOOTH_ZOOM_MODE_NORMAL));
    WAIT_UNTIL(__atomic_load_n(&told, __ATOMIC_SEQ_CST) == 1);
    CHECK_EQ(told_ms, 800);
    double last = 1;
    int steps = 0;
    while (last < 4) {
        double ratio = ratio_of(rig.session);
        CHECK(ratio >= last);
        steps += ratio > last;
        last = ratio;
        t_sleep_ms(5);
    }
    printf("  %d steps were seen\n", steps);
    CHECK(steps >= 2);
    /* One that is under way ends with a new ratio, a new configuration, and the session. */
    OK(camera_session_set_smooth_zoom(rig.session, 1, CAMERA_SMOOTH_ZOOM_MODE_NORMAL));
    OK(camera_session_set_zoom_ratio(rig.session, 3));
    t_sleep_ms(200);
    CHECK(ratio_of(rig.session) == 3);
    OK(camera_session_set_smooth_zoom(rig.session, 8, CAMERA_SMOOTH_ZOOM_MODE_NORMAL));
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_commit_config(rig.session));
    double stays = ratio_of(rig.session);
    t_sleep_ms(200);
    CHECK(ratio_of(rig.session) == stays);
    OK(camera_session_set_smooth_zoom(rig.session, 8, CAMERA_SMOOTH_ZOOM_MODE_NORMAL));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void in_every_state(void)
{
    static const struct {
        int state, code, query;
    } table[] = {{INIT, 103, 103}, {CONFIG, 103, 0}, {COMMITTED, 0, 0}, {STARTED, 0, 0}, {RELEASED, 103, 103}};
    camera_manager *manager = t_manager_of("virtual+plain", CAMERA_DISPATCH_LIBRARY);
    for (size_t i = 0; i < T_COUNT(table); i++) {
        struct t_rig rig = t_rig_in(manager, 0, table[i].state);
        double least = -1, most = -1, ratio = -1;
        CHECK_CODE(camera_session_get_zoom_ratio_range(rig.session, &least, &most), table[i].query);
        CHECK_CODE(camera_session_get_zoom_ratio(rig.session, &ratio), table[i].code);
        CHECK((least == 1) == (table[i].query == 0) && (ratio == 1) == (table[i].code == 0));
        CHECK_CODE(camera_session_set_zoom_ratio(rig.session, 2), table[i].code);
        CHECK_CODE(camera_session_set_smooth_zoom(rig.session, 2, 0), table[i].code);
        CHECK_CODE(camera_session_set_zoom_ratio(NULL, 2), 101);
        CHECK_CODE(camera_session_set_smooth_zoom(rig.session, 2, 1), 101);
        CHECK_CODE(camera_session_get_zoom_ratio(rig.session, NULL), 101);
        CHECK_CODE(camera_session_get_zoom_ratio_range(rig.session, NULL, &most), 101);
        CHECK_CODE(camera_session_set_zoom_ratio(rig.session, NAN), 101);
        CHECK_CODE(camera_session_set_smooth_zoom(rig.session, INFINITY, 0), 101);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(of_frames_as_they_are),
        CASE(of_frames_with_chroma_in_pairs),
        CASE(of_frames_that_are_made),
        CASE(of_compressed_frames_and_photos),
        CASE(smoothly),
        CASE(in_every_state),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
