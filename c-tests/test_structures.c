/*
 * test_structures.c: structures that begin with their size: those of older and newer programs are
 * understood; a size that cannot be, and a field that this version does not know, are refused, and
 * then nothing is written.
 */
#include "t_handles.h"

#include <linux/v4l2-controls.h>

struct shape {
    const char *name;
    uint32_t size;
    const void *initial;
    bool in; /* filled by the caller */
};

static camera_input *opened;

static int32_t pass(size_t n, void *s, struct shape *shape)
{
    static const camera_manager_options options = {sizeof options, 0, "virtual:1"};
    static const camera_surface_options surface = CAMERA_SURFACE_OPTIONS_INIT;
    static const camera_profile yuyv = {sizeof yuyv, T_YUYV, 320, 240, 0, 0};
    static const camera_profile profile = CAMERA_PROFILE_INIT;
    static const camera_photo_settings settings = CAMERA_PHOTO_SETTINGS_INIT;
    static const camera_description description = CAMERA_DESCRIPTION_INIT;
    static const camera_surface_statistics statistics = CAMERA_SURFACE_STATISTICS_INIT;
    static const camera_frame_info frame = CAMERA_FRAME_INFO_INIT;
    static const camera_plane plane = CAMERA_PLANE_INIT;
    static const camera_photo_info photo = CAMERA_PHOTO_INFO_INIT;
    static const camera_recorder_statistics recorded = CAMERA_RECORDER_STATISTICS_INIT;
    static const camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    static const camera_session_options session = CAMERA_SESSION_OPTIONS_INIT;
    static const camera_trace_statistics trace = CAMERA_TRACE_STATISTICS_INIT;
    static const camera_torch_status torch = CAMERA_TORCH_STATUS_INIT;
    static const camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    static const camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
    static const camera_facts facts = CAMERA_FACTS_INIT;
    size_t i = 0;
#define PASS(value, is_in, expression)                                        \
    if (i++ == n) {                                                           \
        *shape = (struct shape){#expression, sizeof value, &value, is_in};    \
        return s ? expression : 0;                                            \
    }
    PASS(options, true, camera_manager_create(s, (camera_manager **)&out.handle))
    PASS(surface, true, camera_manager_create_surface(manager, s, (camera_surface **)&out.handle))
    PASS(yuyv, true, camera_manager_create_preview_output(manager, s, live[SURFACE], (camera_output **)&out.handle))
    PASS(settings, true, camera_output_take_photo(live[PHOTO_OUTPUT], s, -1, (camera_photo **)&out.handle))
    PASS(description, false, camera_list_get(live[LIST], 3, s))
    PASS(profile, false, camera_capability_get_profile(live[CAPABILITY], 2, 1, s))
    PASS(statistics, false, camera_surface_get_statistics(live[SURFACE], s))
    PASS(frame, false, camera_frame_get_info(live[FRAME], s))
    PASS(plane, false, camera_frame_get_plane(live[FRAME], 0, s))
    PASS(photo, false, camera_photo_get_info(live[PHOTO], s))
    PASS(tape, true, camera_manager_create_recorder(manager, s, (camera_recorder **)&out.handle))
    PASS(recorded, false, camera_recorder_get_statistics(live[RECORDER], s))
    PASS(counts, false, camera_output_get_statistics(live[PREVIEW], s))
    PASS(session, true, camera_session_set_options(live[SESSION], s))
    PASS(trace, false, camera_session_get_trace_statistics(live[SESSION], s))
    PASS(torch, false, camera_manager_get_torch_status(manager, s))
    PASS(facts, false, camera_input_get_facts(opened, s))
    PASS(control, false, camera_input_get_next_control(opened, 0, s))
    PASS(control, false, camera_input_describe_control(opened, V4L2_CID_EXPOSURE_AUTO, s))
    PASS(item, false, camera_input_get_control_menu_item(opened, V4L2_CID_EXPOSURE_AUTO, 2, s))
    shape->name = NULL;
    return 0;
}

static void release_made(void)
{
    void *made = out.handle;
    if (made && camera_manager_release(made) != 0 && camera_surface_release(made) != 0 &&
        camera_output_release(made) != 0 && camera_recorder_release(made) != 0)
        OK(camera_photo_release(made));
    out.handle = NULL;
}

static void structures_of_other_sizes(void)
{
    static uint64_t memory[5000 / 8];
    unsigned char *s = (unsigned char *)memory;
    struct shape shape;
    begin();
    /* A photo output that can take a photo. */
    struct t_rig rig = t_rig_in(manager, 1, COMMITTED);
    OK(camera_output_release(live[PHOTO_OUTPUT]));
    live[PHOTO_OUTPUT] = rig.photo;
    opened = rig.input;
    out.handle = NULL;
    for (size_t n = 0; pass(n, NULL, &shape), shape.name; n++) {
        const uint32_t sizes[] = {shape.size, shape.size + 8, 4096,      0,         1,
                                  4,          shape.size - 1, 4097,      UINT32_MAX};
        for (size_t i = 0; i < T_COUNT(sizes); i++) {
            bool fits = i < 3;
            memset(s, 0, sizeof memory);
            memcpy(s, shape.initial, shape.size);
            memcpy(s, &sizes[i], sizeof sizes[i]);
            memset(s + (fits ? sizes[i] : shape.size), 0x77, 8);
            int32_t code = pass(n, s, &shape);
            EXPECT(code == (fits ? 0 : 7400101), "%s with size %u is %d: %s", shape.name, sizes[i],
                   (int)code, camera_error_detail());
            EXPECT(memcmp(s, &sizes[i], 4) == 0, "%s changed the size", shape.name);
            EXPECT(s[fits ? sizes[i] : shape.size] == 0x77, "%s wrote beyond", shape.name);
            EXPECT(fits || shape.in || memcmp(s + 4, (const char *)shape.initial + 4, shape.size - 4) == 0,
                   "%s wrote although it failed", shape.name);
            release_made();
        }
        /* A newer program: what it set beyond our knowledge is refused, what it wants is zero. */
        memcpy(s, shape.initial, shape.size);
        memset(s + shape.size, 0, 16);
        memcpy(s, &sizes[1], sizeof sizes[1]);
        s[shape.size + 7] = 1;
        int32_t code = pass(n, s, &shape);
        EXPECT(code == (shape.in ? 7400101 : 0), "%s with an unknown field is %d", shape.name, (int)code);
        EXPECT(shape.in || s[shape.size + 7] == 0, "%s left an unknown field", shape.name);
        release_made();
    }
    t_rig_release(&rig);
    live[PHOTO_OUTPUT] = t_photo(manager, 320, 240, NULL);
    end();
}

static void silence_is_within_its_range(void)
{
    static const struct {
        int32_t ms;
        int code;
    } table[] = { { 0, 0 }, { -1, 0 }, { 20, 0 }, { 3600000, 0 }, { 19, 101 }, { -2, 101 }, { 3600001, 101 }, { INT32_MIN, 101 } };
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    begin();
    for (size_t i = 0; i < T_COUNT(table); i++) {
        options.silence_ms = table[i].ms;
        CHECK_CODE(camera_session_set_options(live[SESSION], &options), table[i].code);
    }
    end();
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = { CASE(structures_of_other_sizes), CASE(silence_is_within_its_range) };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
