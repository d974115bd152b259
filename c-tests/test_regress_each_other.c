/* Two callbacks that take each other away at the same moment: neither may wait for the other for
 * ever. Frame callbacks of two surfaces; a frame callback and a listener.
 * TSAN: its threads meet in many ways. */
#include "t_rig.h"

static struct {
    struct t_rig rig;
    pthread_barrier_t both;
    uint64_t listener;
    int met[2], calls[2], destroyed[2];
} it;

static void meet(int who)
{
    __atomic_add_fetch(&it.calls[who], 1, __ATOMIC_SEQ_CST);
    if (it.met[who]++ == 0)
        pthread_barrier_wait(&it.both);
}

static void gone(void *user_data)
{
    __atomic_add_fetch((int *)user_data, 1, __ATOMIC_SEQ_CST);
}

static void on_view(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    meet(0);
    if (it.listener)
        (void)camera_output_remove_listener(it.rig.preview, it.listener);
    else
        OK(camera_surface_set_callback(it.rig.tape, NULL, NULL, NULL));
}

static void on_tape(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    meet(1);
    OK(camera_surface_set_callback(it.rig.view, NULL, NULL, NULL));
}

static void on_event(camera_output *output, const camera_output_event *event, void *user_data)
{
    (void)output, (void)event, (void)user_data;
    meet(1);
    OK(camera_surface_set_callback(it.rig.view, NULL, NULL, NULL));
}

static void run(bool listener)
{
    for (int round = 0; round < 20; round++) {
        memset(&it, 0, sizeof it);
        pthread_barrier_init(&it.both, NULL, 2);
        camera_manager *manager = t_manager();
        it.rig = t_rig_in(manager, 0, COMMITTED);
        if (listener)
            OK(camera_output_add_listener(it.rig.preview, on_event, &it.destroyed[1], gone, &it.listener));
        else
            OK(camera_surface_set_callback(it.rig.tape, on_tape, &it.destroyed[1], gone));
        OK(camera_surface_set_callback(it.rig.view, on_view, &it.destroyed[0], gone));
        OK(camera_session_start(it.rig.session));
        OK(camera_output_start(it.rig.video));
        WAIT_UNTIL(__atomic_load_n(&it.destroyed[0], __ATOMIC_SEQ_CST) && __atomic_load_n(&it.destroyed[1], __ATOMIC_SEQ_CST));
        t_rig_release(&it.rig);
        OK(camera_manager_release(manager));
        /* Each was in its last call. */
        CHECK(it.calls[0] == 1 && it.calls[1] == 1);
        CHECK(it.destroyed[0] == 1 && it.destroyed[1] == 1);
        pthread_barrier_destroy(&it.both);
    }
}

static void two_frame_callbacks(void)
{
    run(false);
}

static void a_frame_callback_and_a_listener(void)
{
    run(true);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = { CASE(two_frame_callbacks), CASE(a_frame_callback_and_a_listener) };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
