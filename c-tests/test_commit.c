/*
 * test_commit.c: sections 4 to 6 of the contract: what commit checks, in its order, and that a
 * refusal leaves everything as it was; inputs, before they are opened, open, closed, shared; which
 * outputs can be added, and where their frames go.
 */
#include "t_rig.h"

static camera_manager *manager;

static bool can_add_output(camera_session *session, camera_output *output)
{
    bool result = false;
    OK(camera_session_can_add_output(session, output, &result));
    return result;
}

static bool can_add_input(camera_session *session, camera_input *input)
{
    bool result = false;
    OK(camera_session_can_add_input(session, input, &result));
    return result;
}

/* --- section 6: commit ---------------------------------------------------------------------- */

/* The commit fails with this code and a detail that speaks of `about`; the state stays CONFIG. */
#define REFUSED(session, code, about)                                             \
    do {                                                                          \
        CHECK_CODE(camera_session_commit_config(session), code);                  \
        EXPECT(strstr(camera_error_detail(), about), "the detail is \"%s\", not about %s", \
               camera_error_detail(), about);                                     \
        CHECK_EQ(t_state(session), CONFIG);                                       \
    } while (0)

/* Everything is wrong at first, and put right one thing after the other: each refusal names the
   next check in the contract's order. */
static void checks_come_in_the_order_of_the_contract(void)
{
    manager = t_manager();
    camera_session *session = t_session(manager);
    camera_input *input = t_input(manager, 0, false);
    camera_surface *surface = t_surface(manager, 0, 0, 0);
    camera_output *preview = t_preview(manager, T_YUYV, 320, 240, surface);
    camera_output *wide = t_video(manager, T_NV12, 320, 180, 15, 15, surface);
    camera_output *large = t_video(manager, T_YUYV, 640, 480, 15, 15, surface);
    camera_output *slow = t_video(manager, T_YUYV, 320, 240, 15, 15, surface);
    /* 1: the state. */
    CHECK_CODE(camera_session_commit_config(session), 102);
    CHECK_EQ(t_state(session), INIT);
    OK(camera_session_begin_config(session));
    /* 2 and 3: an input, an output. */
    REFUSED(session, 201, "input");
    OK(camera_session_add_input(session, input));
    REFUSED(session, 201, "output");
    OK(camera_session_add_output(session, preview));
    OK(camera_output_set_frame_rate(preview, 30, 30));
    CHECK_CODE(camera_output_set_frame_rate(preview, 30, 30), 101);
    OK(camera_session_add_output(session, wide));
    CHECK_CODE(camera_output_set_frame_rate(preview, 10, 10), 110);
    /* 4: the input is open. */
    REFUSED(session, 201, "open");
    OK(camera_input_open(input));
    /* 5: the aspect ratio, before size and format, before the rates. */
    REFUSED(session, 201, "aspect");
    OK(camera_session_remove_output(session, wide));
    OK(camera_session_add_output(session, large));
    /* 6: one stream for all: 201 also when the rates conflict besides. */
    REFUSED(session, 201, "640x480");
    OK(camera_session_remove_output(session, large));
    OK(camera_session_add_output(session, slow));
    /* Only the rates. */
    REFUSED(session, 110, "15");
    OK(camera_output_set_frame_rate(preview, 5, 60));
    OK(camera_session_commit_config(session));
    CHECK_EQ(t_state(session), COMMITTED);
    OK(camera_session_start(session));
    OK(camera_frame_release(t_frame(surface)));
    OK(camera_manager_release(manager));
}

/* After a failed commit the input and every output are where they were. */
static void a_refused_commit_changes_nothing(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, CONFIG);
    camera_output *other = t_preview(manager, T_YUYV, 640, 480, rig.view);
    OK(camera_session_add_output(rig.session, other));
    for (int i = 0; i < 3; i++)
        CHECK_CODE(camera_session_commit_config(rig.session), 201);
    CHECK_CODE(camera_session_add_input(rig.session, rig.input), 201);
    camera_output *all[] = {rig.preview, rig.photo, rig.video, other};
    for (size_t i = 0; i < T_COUNT(all); i++)
        CHECK_CODE(camera_session_add_output(rig.session, all[i]), 201);
    CHECK_CODE(camera_output_start(rig.preview), 103);
    CHECK_CODE(camera_output_capture(rig.photo, NULL), 104);
    /* The driver holds nothing: the device can be used elsewhere. */
    OK(camera_session_remove_input(rig.session, rig.input));
    struct t_rig second = t_rig_in(manager, 0, COMMITTED);
    t_rig_release(&second);
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_remove_output(rig.session, other));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    OK(camera_output_start(rig.video));
    OK(camera_frame_release(t_frame(rig.view)));
    OK(camera_frame_release(t_frame(rig.tape)));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* What was committed before is gone when a new configuration fails. */
static void a_refused_commit_after_a_good_one(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    camera_output *other = t_preview(manager, T_YUYV, 640, 480, rig.view);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_output(rig.session, other));
    CHECK_CODE(camera_session_commit_config(rig.session), 201);
    CHECK_CODE(camera_session_start(rig.session), 103);
    CHECK_CODE(camera_session_begin_config(rig.session), 105);
    OK(camera_output_release(other)); /* a released output does not count */
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- section 4: inputs ---------------------------------------------------------------------- */

static void inputs_open_and_close(void)
{
    /* Rows: open, close, release. Columns: before open, open, closed, released. */
    static const int codes[3][4] = {{0, 0, 201, 201}, {0, 0, 201, 201}, {0, 0, 0, 0}};
    manager = t_manager();
    for (int column = 0; column < 4; column++) {
        for (int row = 0; row < 3; row++) {
            for (int async = 0; async < (row < 2 ? 2 : 1); async++) {
                struct t_results results = T_RESULTS_INIT;
                camera_input *input = t_input(manager, 0, column == 1);
                if (column == 2)
                    OK(camera_input_close(input));
                if (column == 3)
                    OK(camera_input_release(input));
                if (async) {
                    void *ticket = t_ticket(&results, 0);
                    if (row == 0)
                        ACCEPT(camera_input_open_async(input, t_completion, ticket));
                    else
                        ACCEPT(camera_input_close_async(input, t_completion, ticket));
                    WAIT_UNTIL(t_result_count(&results) == 1);
                    CHECK_EQ(results.at[0].code, t_long(codes[row][column]));
                } else {
                    CHECK_CODE(row == 0   ? camera_input_open(input)
                               : row == 1 ? camera_input_close(input)
                                          : camera_input_release(input),
                               codes[row][column]);
                }
                OK(camera_input_release(input));
            }
        }
    }
    OK(camera_manager_release(manager));
}

/* Several inputs share a device; one session at a time uses it. */
static void a_device_is_shared_and_used_once(void)
{
    manager = t_manager();
    struct t_rig one = t_rig_in(manager, 0, STARTED), two = t_rig(manager, 0);
    OK(camera_session_begin_config(two.session));
    CHECK(!can_add_input(two.session, two.input));
    CHECK_CODE(camera_session_add_input(two.session, two.input), 102);
    CHECK_CODE(camera_session_add_input(two.session, one.input), 102);
    OK(camera_session_stop(one.session)); /* stopping is not enough */
    CHECK_CODE(camera_session_add_input(two.session, two.input), 102);
    OK(camera_session_begin_config(one.session));
    OK(camera_session_remove_input(one.session, one.input));
    CHECK(can_add_input(two.session, two.input));
    OK(camera_session_add_input(two.session, two.input));
    CHECK_CODE(camera_session_add_input(one.session, one.input), 102);
    OK(camera_input_close(one.input)); /* the other input keeps the device open */
    OK(camera_session_add_output(two.session, two.preview));
    OK(camera_session_commit_config(two.session));
    OK(camera_session_start(two.session));
    OK(camera_frame_release(t_frame(two.view)));
    OK(camera_session_release(two.session));
    camera_input *third = t_input(manager, 0, true);
    OK(camera_session_add_input(one.session, third));
    OK(camera_session_commit_config(one.session));
    t_rig_release(&one);
    t_rig_release(&two);
    OK(camera_manager_release(manager));
}

static void releasing_a_session_closes_its_input(void)
{
    manager = t_manager();
    for (int state = CONFIG; state <= STARTED; state++) {
        if (state == RELEASED)
            continue;
        struct t_rig rig = t_rig_in(manager, 0, state);
        OK(camera_session_release(rig.session));
        CHECK_CODE(camera_input_open(rig.input), 201);
        camera_session *next = t_session(manager);
        OK(camera_session_begin_config(next));
        CHECK(!can_add_input(next, rig.input));
        CHECK_CODE(camera_session_add_input(next, rig.input), 108);
        OK(camera_input_close(rig.input));
        CHECK_CODE(camera_input_close(rig.input), 201);
        CHECK_CODE(camera_session_add_input(next, rig.input), 108);
        OK(camera_session_release(next));
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

/* Closing, or releasing, the input of a session stops its streams and leaves its state. */
static void closing_the_input_of_a_session(void)
{
    manager = t_manager();
    for (int by_release = 0; by_release < 2; by_release++) {
        struct t_rig rig = t_rig_in(manager, 0, STARTED);
        OK(camera_output_start(rig.video));
        OK(camera_frame_release(t_frame(rig.view)));
        OK(by_release ? camera_input_release(rig.input) : camera_input_close(rig.input));
        CHECK_EQ(t_state(rig.session), STARTED);
        uint64_t arrived = t_statistics(rig.view).arrived;
        t_sleep_ms(100);
        CHECK_EQ(t_statistics(rig.view).arrived, arrived);
        CHECK_CODE(camera_output_capture(rig.photo, NULL), 108);
        CHECK_CODE(camera_session_start(rig.session), 201);
        CHECK_CODE(camera_session_stop(rig.session), 201);
        CHECK_EQ(t_state(rig.session), COMMITTED);
        CHECK_CODE(camera_session_start(rig.session), 108);
        CHECK_CODE(camera_output_start(rig.video), 108);
        CHECK_CODE(camera_output_capture(rig.photo, NULL), 108);
        CHECK_EQ(t_state(rig.session), COMMITTED);
        OK(camera_session_begin_config(rig.session));
        CHECK_CODE(camera_session_commit_config(rig.session), 201);
        CHECK(!can_add_input(rig.session, rig.input));
        OK(camera_session_remove_input(rig.session, rig.input));
        CHECK_CODE(camera_session_add_input(rig.session, rig.input), 108);
        camera_input *again = t_input(manager, 0, true);
        OK(camera_session_add_input(rig.session, again));
        OK(camera_session_commit_config(rig.session));
        OK(camera_session_start(rig.session));
        OK(camera_frame_release(t_frame(rig.view)));
        t_rig_release(&rig);
    }
    /* In CONFIG and COMMITTED nothing runs; begin works all the same. */
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    OK(camera_input_close(rig.input));
    CHECK_CODE(camera_session_start(rig.session), 108);
    CHECK_CODE(camera_session_stop(rig.session), 201);
    CHECK_EQ(t_state(rig.session), COMMITTED);
    OK(camera_session_begin_config(rig.session));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void remove_input_closes_nothing(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, CONFIG);
    camera_input *other = t_input(manager, 1, false);
    CHECK_CODE(camera_session_remove_input(rig.session, other), 201);
    OK(camera_session_remove_input(rig.session, rig.input));
    CHECK_CODE(camera_session_remove_input(rig.session, rig.input), 201);
    CHECK(!can_add_output(rig.session, rig.preview));
    CHECK_CODE(camera_session_commit_config(rig.session), 201);
    OK(camera_session_add_input(rig.session, rig.input)); /* still open */
    OK(camera_session_commit_config(rig.session));        /* with the same outputs */
    OK(camera_session_start(rig.session));
    OK(camera_frame_release(t_frame(rig.view)));
    /* Another camera in its place, not open at first. */
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_remove_input(rig.session, rig.input));
    OK(camera_session_add_input(rig.session, other));
    CHECK_CODE(camera_session_commit_config(rig.session), 201);
    OK(camera_input_open(other));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    OK(camera_input_close(rig.input)); /* no longer the session's */
    OK(camera_session_stop(rig.session));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- section 5: outputs --------------------------------------------------------------------- */

static camera_output *output_for(int kind, const camera_profile *profile, camera_surface *surface)
{
    camera_output *output = NULL;
    if (kind == CAMERA_OUTPUT_KIND_PREVIEW)
        OK(camera_manager_create_preview_output(manager, profile, surface, &output));
    else if (kind == CAMERA_OUTPUT_KIND_PHOTO)
        OK(camera_manager_create_photo_output(manager, profile, surface, &output));
    else
        OK(camera_manager_create_video_output(manager, profile, surface, &output));
    return output;
}

/* Every profile that a camera lists can be added and committed; what it does not list cannot. */
static void what_is_listed_is_offered(void)
{
    manager = t_manager();
    camera_surface *surface = t_surface(manager, 0, 0, 0);
    for (int mode = 1; mode <= 2; mode++) {
        camera_capability *capability = NULL;
        camera_session *session = NULL;
        OK(camera_manager_get_capability(manager, "virtual:0", mode, &capability));
        OK(camera_manager_create_session(manager, mode, &session));
        OK(camera_session_begin_config(session));
        OK(camera_session_add_input(session, t_input(manager, 0, true)));
        for (int kind = 0; kind < 3; kind++) {
            uint32_t count = 0;
            OK(camera_capability_get_profile_count(capability, kind, &count));
            CHECK(count > 0);
            for (uint32_t i = 0; i < count; i += 1 + (uint32_t)t_scale() / 4) {
                camera_profile profile = CAMERA_PROFILE_INIT;
                OK(camera_capability_get_profile(capability, kind, i, &profile));
                camera_output *output = output_for(kind, &profile, surface);
                CHECK(can_add_output(session, output));
                OK(camera_session_add_output(session, output));
                if (profile.width == 320) { /* the large ones take long to draw */
                    OK(camera_session_commit_config(session));
                    OK(camera_session_begin_config(session));
                }
                OK(camera_session_remove_output(session, output));
                OK(camera_output_release(output));
                profile.height += 2;
                output = output_for(kind, &profile, surface);
                CHECK(!can_add_output(session, output));
                CHECK_CODE(camera_session_add_output(session, output), 201);
                OK(camera_output_release(output));
            }
        }
        OK(camera_capability_release(capability));
        OK(camera_session_release(session));
    }
    struct t_rig rig = t_rig_in(manager, 1, CONFIG);
    camera_output *wrong[] = {
        t_video(manager, T_YUYV, 320, 240, 7, 7, surface),
        t_video(manager, T_YUYV, 320, 240, 15, 30, surface), /* within a range, but not listed */
        t_preview(manager, CAMERA_FOURCC('A', 'B', 'C', 'D'), 320, 240, surface),
        t_preview(manager, T_YUYV, 32768, 32768, surface),
    };
    for (size_t i = 0; i < T_COUNT(wrong); i++) {
        CHECK(!can_add_output(rig.session, wrong[i]));
        CHECK_CODE(camera_session_add_output(rig.session, wrong[i]), 201);
    }
    OK(camera_manager_release(manager));
}

static void outputs_leave_and_end_in_either_order(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, CONFIG), other = t_rig_in(manager, 1, CONFIG);
    CHECK_CODE(camera_session_add_output(other.session, rig.preview), 201);
    CHECK(!can_add_output(other.session, rig.preview));
    /* Removed, then added elsewhere, removed there and released. */
    OK(camera_session_remove_output(rig.session, rig.preview));
    CHECK_CODE(camera_session_remove_output(rig.session, rig.preview), 201);
    OK(camera_session_add_output(other.session, rig.preview));
    CHECK_CODE(camera_session_remove_output(rig.session, rig.preview), 201);
    OK(camera_session_remove_output(other.session, rig.preview));
    OK(camera_output_release(rig.preview));
    CHECK_CODE(camera_output_release(rig.preview), 201);
    /* Released, then removed; it counts no more. */
    OK(camera_output_release(rig.video));
    CHECK_CODE(camera_session_remove_output(rig.session, rig.video), 201);
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_begin_config(rig.session));
    OK(camera_output_release(rig.photo));
    CHECK_CODE(camera_session_commit_config(rig.session), 201);
    /* Released while its session runs: the others go on, and the session's outputs are free
       again when it is released. */
    OK(camera_session_commit_config(other.session));
    OK(camera_session_start(other.session));
    OK(camera_output_start(other.video));
    OK(camera_output_release(other.preview));
    uint64_t arrived = t_statistics(other.tape).arrived;
    WAIT_UNTIL(t_statistics(other.tape).arrived > arrived + 3);
    OK(camera_session_release(other.session));
    OK(camera_session_add_output(rig.session, other.video));
    OK(camera_session_commit_config(rig.session));
    t_rig_release(&rig);
    t_rig_release(&other);
    OK(camera_manager_release(manager));
}

/* A surface has no size of its own: a preview, a video and photos go to one, and each frame says
   which output it is for. */
static void one_surface_serves_several_outputs(void)
{
    uint32_t previews = 0, videos = 0, photos = 0;
    manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_surface *all = t_surface(manager, 64, 0, 0);
    OK(camera_output_release(rig.preview));
    OK(camera_output_release(rig.photo));
    OK(camera_output_release(rig.video));
    rig.preview = t_preview(manager, T_NV12, 640, 480, all);
    rig.photo = t_photo(manager, 640, 480, all);
    rig.video = t_video(manager, T_NV12, 640, 480, 60, 60, all);
    t_rig_to(&rig, STARTED);
    OK(camera_output_start(rig.video));
    OK(camera_output_capture(rig.photo, NULL));
    while (previews < 3 || videos < 3 || photos < 1) {
        camera_frame *frame = t_frame(all);
        camera_frame_info info = t_info(frame);
        CHECK(info.width == 640 && info.height == 480);
        previews += info.output == rig.preview;
        videos += info.output == rig.video;
        photos += info.output == rig.photo;
        CHECK(info.output == rig.preview || info.output == rig.video || info.output == rig.photo);
        CHECK(info.format == (info.output == rig.photo ? CAMERA_FORMAT_JPEG : T_NV12));
        OK(camera_frame_release(frame));
    }
    CHECK_EQ(photos, 1);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void a_preview_can_get_its_surface_later(void)
{
    camera_profile profile = t_profile(T_YUYV, 320, 240);
    manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_surface *released = t_surface(manager, 0, 0, 0);
    OK(camera_surface_release(released));
    OK(camera_output_release(rig.preview));
    OK(camera_manager_create_deferred_preview_output(manager, &profile, &rig.preview));
    t_rig_to(&rig, STARTED);
    t_sleep_ms(50);
    CHECK_EQ(t_statistics(rig.view).arrived, 0);
    CHECK_CODE(camera_output_add_deferred_surface(rig.preview, released), 101);
    CHECK_CODE(camera_output_add_deferred_surface(rig.video, rig.view), 101);
    CHECK_CODE(camera_output_add_deferred_surface(rig.photo, rig.view), 101);
    OK(camera_output_add_deferred_surface(rig.preview, rig.view));
    camera_frame *frame = t_frame(rig.view);
    CHECK(t_info(frame).output == rig.preview);
    OK(camera_frame_release(frame));
    CHECK_CODE(camera_output_add_deferred_surface(rig.preview, rig.view), 102);
    CHECK_CODE(camera_output_add_deferred_surface(rig.preview, rig.tape), 102);
    /* One that had its surface from the start keeps it. */
    camera_output *usual = t_preview(manager, T_YUYV, 320, 240, rig.view);
    CHECK_CODE(camera_output_add_deferred_surface(usual, rig.tape), 102);
    OK(camera_output_release(usual));
    CHECK_CODE(camera_output_add_deferred_surface(usual, rig.tape), 201);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(checks_come_in_the_order_of_the_contract),
        CASE(a_refused_commit_changes_nothing),
        CASE(a_refused_commit_after_a_good_one),
        CASE(inputs_open_and_close),
        CASE(a_device_is_shared_and_used_once),
        CASE(releasing_a_session_closes_its_input),
        CASE(closing_the_input_of_a_session),
        CASE(remove_input_closes_nothing),
        CASE(what_is_listed_is_offered),
        CASE(outputs_leave_and_end_in_either_order),
        CASE(one_surface_serves_several_outputs),
        CASE(a_preview_can_get_its_surface_later),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
