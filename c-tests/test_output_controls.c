/*
 * test_output_controls.c: what can be asked of outputs and set for them beside their life: frame rates,
 * the profile; in every state.
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

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(rates_are_listed_and_told),
        CASE(rates_in_every_state),
        CASE(profiles_are_told),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
