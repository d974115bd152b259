/*
 * Who waits for whom: a commit waits for an open that was called before it and not waited for; a
 * consumer does not wait for others that are stuck in their callbacks, however many they are.
 *
 * TSAN: its threads meet in many ways.
 */
#include "t_rig.h"

static void commit_waits_for_an_open_under_way(void)
{
    camera_manager *manager = t_manager();
    const long rounds = t_scaled(400);
    for (long i = 0; i < rounds; i++) {
        struct t_results results = T_RESULTS_INIT;
        camera_input *input = t_input(manager, 0, false);
        camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
        camera_output *preview = t_preview(manager, T_YUYV, 320, 180, surface);
        camera_session *session = t_session(manager);
        OK(camera_session_begin_config(session));
        OK(camera_session_add_input(session, input));
        OK(camera_session_add_output(session, preview));
        ACCEPT(camera_input_open_async(input, t_completion, t_ticket(&results, 1)));
        if (i % 2 == 0) {
            OK(camera_session_commit_config(session));
        } else {
            ACCEPT(camera_session_commit_config_async(session, t_completion, t_ticket(&results, 2)));
        }
        WAIT_UNTIL(t_result_count(&results) == (size_t)(i % 2 + 1));
        for (size_t at = 0; at < results.count; at++)
            CHECK_EQ(results.at[at].code, 0);
        OK(camera_session_release(session));
        OK(camera_output_release(preview));
        OK(camera_surface_release(surface));
        OK(camera_input_release(input));
    }
    OK(camera_manager_release(manager));
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
static int stuck, frames;

static int get(const int *value)
{
    pthread_mutex_lock(&count_lock);
    int now = *value;
    pthread_mutex_unlock(&count_lock);
    return now;
}

static void add(int *value)
{
    pthread_mutex_lock(&count_lock);
    (*value)++;
    pthread_mutex_unlock(&count_lock);
}

static void on_frame_stuck(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    add(&stuck);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
}

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    add(&frames);
}

static void a_consumer_does_not_wait_for_stuck_ones(void)
{
    enum { STUCK = 8 };
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_session *session = t_session(manager);
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    pthread_mutex_lock(&gate);
    for (int i = 0; i < STUCK + 1; i++) {
        camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
        camera_output *preview = t_preview(manager, T_YUYV, 320, 180, surface);
        OK(camera_surface_set_callback(surface, i < STUCK ? on_frame_stuck : on_frame, NULL, NULL));
        OK(camera_session_add_output(session, preview));
    }
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    WAIT_UNTIL(get(&stuck) == STUCK);
    int before = get(&frames);
    WAIT_UNTIL(get(&frames) >= before + 30);
    CHECK_EQ(get(&stuck), STUCK);
    pthread_mutex_unlock(&gate);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(commit_waits_for_an_open_under_way),
        CASE(a_consumer_does_not_wait_for_stuck_ones),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
