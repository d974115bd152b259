/*
 * test_output_controls.c: what can be asked of outputs and set for them beside their life: frame rates,
 * profiles, mirrored pictures, colour spaces, quality or power, preconfiguration; in every
 * state.
 */
#include "t_rig.h"

static void rates_are_listed_and_told(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, CONFIG);
    uint32_t count = 0, min = 0, max = 0;
    bool thirty = false, span = false;
    OK(camera_output_get_supported_frame_rate_count(rig.video, &count));
    for (uint32_t i = 0; i < count; i++) {
        OK(camera_output_get_supported_frame_rate(rig.video, i, &min, &max));
        thirty = thirty || (min == 30 && max == 30);
        span = span || (min == 5 && max == 60);
    }
    CHECK(thirty && span);
    CHECK_CODE(camera_output_get_supported_frame_rate(rig.video, count, &min, &max), 101);
    /* Before commit what was asked for, after it what was chosen. */
    OK(camera_output_get_active_frame_rate(rig.video, &min, &max));
    CHECK(min == 5 && max == 60);
    CHECK_CODE(camera_output_get_active_frame_rate(rig.preview, &min, &max), 103);
    OK(camera_session_commit_config(rig.session));
    OK(camera_output_get_active_frame_rate(rig.preview, &min, &max));
    CHECK(min == 60 && max == 60);
    OK(camera_output_set_frame_rate(rig.video, 15, 15));
    OK(camera_output_get_active_frame_rate(rig.video, &min, &max));
    CHECK(min == 15 && max == 15);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void rates_in_every_state(void)
{
    static const struct {
        int state, list, active;
    } table[] = {{INIT, 103, 103}, {CONFIG, 0, 0}, {COMMITTED, 0, 0}, {STARTED, 0, 0}, {RELEASED, 103, 103}};
    camera_manager *manager = t_manager();
    for (size_t i = 0; i < T_COUNT(table); i++) {
        struct t_rig rig = t_rig_in(manager, 0, table[i].state);
        uint32_t count, min, max;
        CHECK_CODE(camera_output_get_supported_frame_rate_count(rig.video, &count), table[i].list);
        CHECK_CODE(camera_output_get_supported_frame_rate(rig.video, 0, &min, &max), table[i].list);
        CHECK_CODE(camera_output_get_active_frame_rate(rig.video, &min, &max), table[i].active);
        CHECK_CODE(camera_output_get_supported_frame_rate_count(rig.photo, &count), 101);
        CHECK_CODE(camera_output_get_supported_frame_rate(rig.photo, 0, &min, &max), 101);
        CHECK_CODE(camera_output_get_active_frame_rate(rig.photo, &min, &max), 101);
        CHECK_CODE(camera_output_get_supported_frame_rate_count(rig.video, NULL), 101);
        CHECK_CODE(camera_output_get_supported_frame_rate(rig.video, 0, NULL, &max), 101);
        CHECK_CODE(camera_output_get_active_frame_rate(rig.video, &min, NULL), 101);
        OK(camera_output_release(rig.video));
        CHECK_CODE(camera_output_get_supported_frame_rate_count(rig.video, &count), 103);
        CHECK_CODE(camera_output_get_active_frame_rate(rig.video, &min, &max), 103);
        t_rig_release(&rig);
    }
    CHECK_CODE(camera_output_get_supported_frame_rate_count(NULL, &(uint32_t){0}), 101);
    OK(camera_manager_release(manager));
}

static void profiles_are_told(void)
{
    camera_manager *manager = t_manager();
    for (int state = INIT; state <= STARTED; state++) {
        struct t_rig rig = t_rig_in(manager, 0, state);
        camera_profile profile = CAMERA_PROFILE_INIT;
        OK(camera_output_get_active_profile(rig.preview, &profile));
        CHECK(profile.format == T_YUYV && profile.width == 320 && profile.height == 240);
        CHECK(profile.min_frame_rate == 0 && profile.max_frame_rate == 0);
        OK(camera_output_get_active_profile(rig.video, &profile));
        CHECK(profile.min_frame_rate == 5 && profile.max_frame_rate == 60);
        OK(camera_output_get_active_profile(rig.photo, &profile));
        CHECK(profile.format == CAMERA_FORMAT_JPEG);
        CHECK_CODE(camera_output_get_active_profile(NULL, &profile), 101);
        CHECK_CODE(camera_output_get_active_profile(rig.preview, NULL), 101);
        OK(camera_output_release(rig.photo));
        CHECK_CODE(camera_output_get_active_profile(rig.photo, &profile), 201);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

/* --- mirrored pictures ----------------------------------------------------------------------- */

#define NV12 CAMERA_FOURCC('N', 'V', '1', '2')
#define MJPG CAMERA_FOURCC('M', 'J', 'P', 'G')

/* Brightness at the left and the right end of a row in the lower half, where the pattern has upright bars
   from white at the left to black at the right. */
static bool is_brighter_on_the_left(camera_frame *frame)
{
    camera_frame_info info = t_info(frame);
    camera_plane plane = CAMERA_PLANE_INIT;
    OK(camera_frame_get_plane(frame, 0, &plane));
    uint32_t step = info.format == T_YUYV ? 2 : 1;
    const unsigned char *row = (const unsigned char *)plane.data + (size_t)plane.stride * (info.height / 2);
    long left = 0, right = 0;
    for (uint32_t x = 0; x < info.width / 2; x++) {
        left += row[(size_t)x * step];
        right += row[(size_t)(info.width - 1 - x) * step];
    }
    return left > right;
}

/* Soon the frames look so; those that waited in the surface come first. */
static void wait_until_mirrored(camera_surface *surface, bool mirrored, bool otherwise)
{
    for (int i = 0; i < 200; i++) {
        camera_frame *frame = t_frame(surface);
        bool left = is_brighter_on_the_left(frame);
        CHECK(!mirrored || left == otherwise || (t_info(frame).flags & CAMERA_FRAME_CONVERTED));
        OK(camera_frame_release(frame));
        if (left == (mirrored ? !otherwise : otherwise))
            return;
    }
    FAIL("frames were never %s", mirrored ? "mirrored" : "upright");
}

static void pictures_are_mirrored(void)
{
    static const uint32_t formats[] = {T_YUYV, NV12};
    camera_manager *manager = t_manager_of("virtual+plain", CAMERA_DISPATCH_LIBRARY);
    for (size_t i = 0; i < T_COUNT(formats); i++) {
        struct t_rig rig = t_photo_rig(manager, formats[i], 640, 480, 640, 480);
        bool supported = false;
        OK(camera_output_is_mirror_supported(rig.preview, &supported));
        CHECK(supported);
        OK(camera_session_start(rig.session));
        camera_frame *frame = t_frame(rig.view);
        bool left = is_brighter_on_the_left(frame);
        OK(camera_frame_release(frame));
        /* While it runs, back, and before it is committed. */
        OK(camera_output_enable_mirror(rig.preview, true));
        OK(camera_output_enable_mirror(rig.preview, true));
        CHECK_EQ(t_state(rig.session), STARTED);
        wait_until_mirrored(rig.view, true, left);
        OK(camera_output_enable_mirror(rig.preview, false));
        wait_until_mirrored(rig.view, false, left);
        OK(camera_session_begin_config(rig.session));
        OK(camera_output_enable_mirror(rig.preview, true));
        OK(camera_session_commit_config(rig.session));
        char plan[1024];
        OK(camera_session_explain_config(rig.session, plan, sizeof plan, NULL));
        CHECK(strstr(plan, "mirror") != NULL);
        OK(camera_session_start(rig.session));
        wait_until_mirrored(rig.view, true, left);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

static void mirror_in_every_state(void)
{
    camera_manager *manager = t_manager();
    for (int state = INIT; state <= STARTED; state++) {
        struct t_rig rig = t_rig_in(manager, 0, state);
        bool supported = false;
        OK(camera_output_is_mirror_supported(rig.video, &supported));
        CHECK(supported);
        OK(camera_output_enable_mirror(rig.video, true));
        OK(camera_output_enable_mirror(rig.video, false));
        CHECK_CODE(camera_output_is_mirror_supported(rig.photo, &supported), 101);
        CHECK_CODE(camera_output_enable_mirror(rig.photo, true), 101);
        CHECK_CODE(camera_output_is_mirror_supported(rig.video, NULL), 101);
        CHECK_CODE(camera_output_enable_mirror(NULL, true), 101);
        OK(camera_output_release(rig.video));
        CHECK_CODE(camera_output_is_mirror_supported(rig.video, &supported), 201);
        CHECK_CODE(camera_output_enable_mirror(rig.video, true), 201);
        t_rig_release(&rig);
    }
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_output *compressed = t_preview(manager, MJPG, 640, 480, surface);
    bool supported = true;
    OK(camera_output_is_mirror_supported(compressed, &supported));
    CHECK(!supported);
    CHECK_CODE(camera_output_enable_mirror(compressed, true), 102);
    OK(camera_manager_release(manager));
}

/* --- colour spaces --------------------------------------------------------------------------- */

static void wait_for_matrix(camera_surface *surface, int32_t matrix, int32_t range)
{
    for (int i = 0; i < 200; i++) {
        camera_frame *frame = t_frame(surface);
        camera_frame_info info = t_info(frame);
        OK(camera_frame_release(frame));
        if (info.color_matrix == matrix && info.color_range == range)
            return;
    }
    FAIL("no frame has matrix %d and range %d", (int)matrix, (int)range);
}

static void colours_are_set(void)
{
    camera_manager *manager = t_manager_of("virtual+plain", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_photo_rig(manager, T_YUYV, 640, 480, 640, 480);
    uint32_t count = 0;
    int32_t given = -1, active = -1, space = -1;
    OK(camera_session_get_supported_color_space_count(rig.session, &count));
    CHECK_EQ(count, 4);
    OK(camera_session_get_supported_color_space(rig.session, 0, &given));
    OK(camera_session_get_active_color_space(rig.session, &active));
    CHECK_EQ(active, given);
    CHECK_CODE(camera_session_get_supported_color_space(rig.session, count, &space), 101);
    OK(camera_session_start(rig.session));
    OK(camera_session_set_color_space(rig.session, given));
    OK(camera_session_set_color_space(rig.session, CAMERA_COLOR_SPACE_BT709_FULL));
    wait_for_matrix(rig.view, CAMERA_COLOR_MATRIX_BT709, CAMERA_COLOR_RANGE_FULL);
    OK(camera_session_get_active_color_space(rig.session, &active));
    CHECK_EQ(active, CAMERA_COLOR_SPACE_BT709_FULL);
    /* Over a new configuration, and back. */
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    wait_for_matrix(rig.view, CAMERA_COLOR_MATRIX_BT709, CAMERA_COLOR_RANGE_FULL);
    OK(camera_session_set_color_space(rig.session, CAMERA_COLOR_SPACE_SRGB_LIMITED));
    wait_for_matrix(rig.view, CAMERA_COLOR_MATRIX_BT601, CAMERA_COLOR_RANGE_LIMITED);
    CHECK_CODE(camera_session_set_color_space(rig.session, 12), 102); /* P3 */
    CHECK_CODE(camera_session_set_color_space(rig.session, 32), 101);
    CHECK_CODE(camera_session_set_color_space(rig.session, -1), 101);
    t_rig_release(&rig);
    /* Compressed pictures say themselves what they are. */
    rig = t_photo_rig(manager, MJPG, 640, 480, 640, 480);
    OK(camera_session_get_supported_color_space_count(rig.session, &count));
    CHECK_EQ(count, 1);
    OK(camera_session_get_active_color_space(rig.session, &active));
    CHECK_EQ(active, CAMERA_COLOR_SPACE_SRGB_FULL);
    OK(camera_session_set_color_space(rig.session, CAMERA_COLOR_SPACE_SRGB_FULL));
    CHECK_CODE(camera_session_set_color_space(rig.session, CAMERA_COLOR_SPACE_BT709_FULL), 102);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void session_controls_in_every_state(void)
{
    static const struct {
        int state, code, query;
    } table[] = {{INIT, 103, 103}, {CONFIG, 103, 0}, {COMMITTED, 0, 0}, {STARTED, 0, 0}, {RELEASED, 103, 103}};
    camera_manager *manager = t_manager();
    for (size_t i = 0; i < T_COUNT(table); i++) {
        struct t_rig rig = t_rig_in(manager, 0, table[i].state);
        uint32_t count = 0;
        int32_t space = -1;
        CHECK_CODE(camera_session_get_supported_color_space_count(rig.session, &count), table[i].query);
        CHECK_CODE(camera_session_get_supported_color_space(rig.session, 0, &space), table[i].query);
        CHECK_CODE(camera_session_get_active_color_space(rig.session, &space), table[i].code);
        CHECK_CODE(camera_session_set_color_space(rig.session, CAMERA_COLOR_SPACE_BT709_LIMITED), table[i].code);
        CHECK_CODE(camera_session_set_quality_prioritization(rig.session, 1), table[i].code);
        CHECK_CODE(camera_session_set_quality_prioritization(rig.session, 0), table[i].code);
        CHECK_CODE(camera_session_set_quality_prioritization(rig.session, 2), 101);
        CHECK_CODE(camera_session_set_quality_prioritization(NULL, 0), 101);
        CHECK_CODE(camera_session_get_supported_color_space_count(rig.session, NULL), 101);
        CHECK_CODE(camera_session_get_supported_color_space(NULL, 0, &space), 101);
        CHECK_CODE(camera_session_get_active_color_space(rig.session, NULL), 101);
        CHECK_CODE(camera_session_set_color_space(NULL, CAMERA_COLOR_SPACE_SRGB_FULL), 101);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

static void power_is_saved_where_there_is_a_choice(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    uint32_t min = 0, max = 0;
    OK(camera_output_get_active_frame_rate(rig.video, &min, &max));
    CHECK_EQ(max, 60);
    OK(camera_session_set_quality_prioritization(rig.session, CAMERA_QUALITY_PRIORITIZATION_POWER_BALANCE));
    OK(camera_output_get_active_frame_rate(rig.video, &min, &max));
    CHECK_EQ(max, 30);
    CHECK_EQ(t_state(rig.session), STARTED);
    OK(camera_frame_release(t_frame(rig.view)));
    /* A rate that is asked for is given. */
    OK(camera_output_set_frame_rate(rig.video, 60, 60));
    OK(camera_output_get_active_frame_rate(rig.video, &min, &max));
    CHECK_EQ(max, 60);
    OK(camera_output_set_frame_rate(rig.video, 5, 60));
    OK(camera_session_set_quality_prioritization(rig.session, CAMERA_QUALITY_PRIORITIZATION_HIGH_QUALITY));
    OK(camera_output_get_active_frame_rate(rig.video, &min, &max));
    CHECK_EQ(max, 60);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- preconfiguration ------------------------------------------------------------------------ */

#define P720 CAMERA_PRECONFIG_TYPE_P720
#define WIDE CAMERA_PRECONFIG_RATIO_R16X9

static bool can(camera_session *session, int32_t type, int32_t ratio)
{
    bool result = false;
    OK(camera_session_can_preconfig(session, type, ratio, &result));
    return result;
}

static camera_profile profile_of(camera_output *output)
{
    camera_profile profile = CAMERA_PROFILE_INIT;
    OK(camera_output_get_active_profile(output, &profile));
    return profile;
}

static void outputs_get_their_profiles(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_output *preview = NULL, *photo = NULL, *video = NULL;
    camera_profile profile = CAMERA_PROFILE_INIT;
    bool result = true;
    OK(camera_manager_create_preview_output(manager, NULL, rig.view, &preview));
    OK(camera_manager_create_photo_output(manager, NULL, NULL, &photo));
    OK(camera_manager_create_video_output(manager, NULL, rig.tape, &video));
    CHECK_CODE(camera_output_get_active_profile(preview, &profile), 201);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    CHECK_CODE(camera_session_add_output(rig.session, preview), 201);
    OK(camera_session_can_add_output(rig.session, preview, &result));
    CHECK(!result);
    CHECK(can(rig.session, P720, WIDE));
    CHECK(!can(rig.session, CAMERA_PRECONFIG_TYPE_HIGH_QUALITY_BT2020, WIDE));
    CHECK_CODE(camera_session_preconfig(rig.session, CAMERA_PRECONFIG_TYPE_HIGH_QUALITY_BT2020, WIDE), 201);
    OK(camera_session_preconfig(rig.session, P720, WIDE));
    OK(camera_session_can_add_output(rig.session, preview, &result));
    CHECK(result);
    OK(camera_session_add_output(rig.session, preview));
    OK(camera_session_add_output(rig.session, photo));
    OK(camera_session_add_output(rig.session, video));
    profile = profile_of(preview);
    CHECK(profile.width == 1280 && profile.height == 720 && profile.min_frame_rate == 0);
    CHECK_EQ(profile.format, CAMERA_FORMAT_YUV_420_SP);
    profile = profile_of(video);
    CHECK(profile.width == 1280 && profile.height == 720);
    CHECK(profile.min_frame_rate == 30 && profile.max_frame_rate == 30);
    profile = profile_of(photo);
    CHECK(profile.format == CAMERA_FORMAT_JPEG && profile.width >= 1280);
    CHECK(profile.width * 9 == profile.height * 16);
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    camera_frame *frame = t_frame(rig.view);
    CHECK(t_info(frame).width == 1280 && t_info(frame).height == 720);
    OK(camera_frame_release(frame));
    /* Out of the session it has none again, and another session gives another. */
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_remove_output(rig.session, preview));
    CHECK_CODE(camera_output_get_active_profile(preview, &profile), 201);
    OK(camera_session_preconfig(rig.session, CAMERA_PRECONFIG_TYPE_HIGH_QUALITY, WIDE));
    OK(camera_session_add_output(rig.session, preview));
    CHECK(profile_of(preview).width >= 1280);
    CHECK(profile_of(video).width == 1280);
    OK(camera_output_release(preview));
    OK(camera_output_release(photo));
    OK(camera_output_release(video));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void preconfig_in_every_state(void)
{
    static const struct {
        int state, set, ask;
    } table[] = {{INIT, 0, 0}, {CONFIG, 0, 0}, {COMMITTED, 102, 0}, {STARTED, 102, 0}, {RELEASED, 201, 201}};
    camera_manager *manager = t_manager();
    for (size_t i = 0; i < T_COUNT(table); i++) {
        struct t_rig rig = t_rig_in(manager, 0, table[i].state);
        bool result = false;
        CHECK_CODE(camera_session_can_preconfig(rig.session, P720, WIDE, &result), table[i].ask);
        CHECK(result == (table[i].ask == 0));
        CHECK_CODE(camera_session_preconfig(rig.session, P720, WIDE), table[i].set);
        CHECK_CODE(camera_session_can_preconfig(rig.session, 5, WIDE, &result), 101);
        CHECK_CODE(camera_session_can_preconfig(rig.session, P720, 3, &result), 101);
        CHECK_CODE(camera_session_can_preconfig(rig.session, P720, WIDE, NULL), 101);
        CHECK_CODE(camera_session_can_preconfig(NULL, P720, WIDE, &result), 101);
        CHECK_CODE(camera_session_preconfig(rig.session, -1, WIDE), 101);
        CHECK_CODE(camera_session_preconfig(NULL, P720, WIDE), 101);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(rates_are_listed_and_told),
        CASE(rates_in_every_state),
        CASE(profiles_are_told),
        CASE(pictures_are_mirrored),
        CASE(mirror_in_every_state),
        CASE(colours_are_set),
        CASE(session_controls_in_every_state),
        CASE(power_is_saved_where_there_is_a_choice),
        CASE(outputs_get_their_profiles),
        CASE(preconfig_in_every_state),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
