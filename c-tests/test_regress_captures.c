/* Captures are cancelled at the very moment at which one of them gets its frame: its photo and its end
 * are told, in their turn, whoever cancels the others.
 * TSAN: its threads meet in many ways. */
#include "t_rig.h"

struct story {
    camera_output *photos;
    camera_session *session; /* stopped instead of a release of the output, if given */
    uint32_t starts, ends, last_end, disorder;
    int destroyed;
};

static void listen(camera_output *output, const camera_output_event *event, void *user_data)
{
    struct story *story = user_data;
    if (event->type == CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_START)
        story->starts++;
    if (event->type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_SHUTTER && event->capture_id == 3) {
        if (story->session != NULL)
            OK(camera_session_stop(story->session));
        else
            OK(camera_output_release(output));
    }
    if (event->type == CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_END) {
        story->disorder += event->capture_id != story->last_end + 1;
        story->last_end = event->capture_id;
        story->ends++;
    }
}

static void over(void *user_data)
{
    __atomic_store_n(&((struct story *)user_data)->destroyed, 1, __ATOMIC_SEQ_CST);
}

static void run(bool stops)
{
    for (long round = 0; round < t_scaled(60); round++) {
        camera_manager *manager = t_manager();
        struct t_rig rig = t_rig_in(manager, 0, STARTED);
        struct story story = {.photos = rig.photo, .session = stops ? rig.session : NULL};
        uint64_t listener = 0;
        OK(camera_output_add_listener(rig.photo, listen, &story, over, &listener));
        for (int i = 0; i < 6; i++)
            (void)camera_output_capture(rig.photo, NULL);
        if (stops) {
            WAIT_UNTIL(t_state(rig.session) == COMMITTED);
            OK(camera_output_release(rig.photo));
        }
        WAIT_UNTIL(__atomic_load_n(&story.destroyed, __ATOMIC_SEQ_CST));
        CHECK_EQ(story.disorder, 0);
        CHECK_EQ(story.ends, story.starts);
        t_rig_release(&rig);
        OK(camera_manager_release(manager));
    }
}

static void a_release_from_the_shutter(void)
{
    run(false);
}

static void a_stop_from_the_shutter(void)
{
    run(true);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = { CASE(a_release_from_the_shutter), CASE(a_stop_from_the_shutter) };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
