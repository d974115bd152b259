/*
 * test_torch.c: the manager's torch: arguments, a manager without one, and where there is one, that it
 * goes on and off, is told, and gives way to a session that takes its camera.
 */
#include "t_rig.h"
#include <linux/videodev2.h>

struct heard {
    pthread_mutex_t lock;
    unsigned count;
    camera_torch_status last;
};

static void hear(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    struct heard *heard = user_data;
    (void)manager;
    if (event->type == CAMERA_MANAGER_EVENT_TYPE_CAMERA_STATUS) {
        CHECK(event->camera != NULL && event->torch == NULL);
        return;
    }
    CHECK_EQ(event->type, CAMERA_MANAGER_EVENT_TYPE_TORCH_STATUS);
    CHECK(event->camera == NULL && event->torch != NULL && event->torch->size == sizeof *event->torch);
    pthread_mutex_lock(&heard->lock);
    heard->count++;
    heard->last = *event->torch;
    pthread_mutex_unlock(&heard->lock);
}

static unsigned count_of(struct heard *heard)
{
    pthread_mutex_lock(&heard->lock);
    unsigned count = heard->count;
    pthread_mutex_unlock(&heard->lock);
    return count;
}

/* The n-th event is this one, and there is none after it. */
static void check_heard(struct heard *heard, unsigned n, int available, int active)
{
    WAIT_UNTIL(count_of(heard) >= n);
    CHECK_EQ(count_of(heard), n);
    CHECK(heard->last.available == available && heard->last.active == active);
    CHECK((heard->last.level > 0) == (active == 1));
}

static void check_status(camera_manager *manager, int available, int active)
{
    camera_torch_status status = CAMERA_TORCH_STATUS_INIT;
    int32_t mode = -1;
    OK(camera_manager_get_torch_status(manager, &status));
    OK(camera_manager_get_torch_mode(manager, &mode));
    CHECK(status.available == available && status.active == active && (status.level > 0) == (active == 1));
    CHECK_EQ(mode, active ? CAMERA_TORCH_MODE_ON : CAMERA_TORCH_MODE_OFF);
}

static bool supports(camera_manager *manager, int32_t mode)
{
    bool supported = false;
    OK(camera_manager_is_torch_mode_supported(manager, mode, &supported));
    return supported;
}

static void bad_arguments(void)
{
    static const int32_t unknown[] = {-1, 3, INT32_MIN, INT32_MAX};
    camera_manager *manager = t_manager();
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_torch_status status = CAMERA_TORCH_STATUS_INIT;
    bool yes = true;
    int32_t mode = 77;
    CHECK_CODE(camera_manager_is_torch_supported(manager, NULL), 101);
    CHECK_CODE(camera_manager_is_torch_mode_supported(manager, CAMERA_TORCH_MODE_ON, NULL), 101);
    CHECK_CODE(camera_manager_get_torch_mode(manager, NULL), 101);
    CHECK_CODE(camera_manager_get_torch_status(manager, NULL), 101);
    for (size_t i = 0; i < T_COUNT(unknown); i++) {
        CHECK_CODE(camera_manager_is_torch_mode_supported(manager, unknown[i], &yes), 101);
        CHECK_CODE(camera_manager_set_torch_mode(manager, unknown[i]), 101);
    }
    for (int released = 0; released < 2; released++) {
        void *bad[] = {NULL, (void *)(uintptr_t)1, surface, released ? (void *)manager : NULL};
        for (size_t i = 0; i < T_COUNT(bad); i++) {
            CHECK_CODE(camera_manager_is_torch_supported(bad[i], &yes), 101);
            CHECK_CODE(camera_manager_is_torch_mode_supported(bad[i], CAMERA_TORCH_MODE_ON, &yes), 101);
            CHECK_CODE(camera_manager_get_torch_mode(bad[i], &mode), 101);
            CHECK_CODE(camera_manager_set_torch_mode(bad[i], CAMERA_TORCH_MODE_OFF), 101);
            CHECK_CODE(camera_manager_get_torch_status(bad[i], &status), 101);
        }
        if (!released)
            OK(camera_manager_release(manager));
    }
    CHECK(yes && mode == 77);
}

static void without_a_torch(camera_manager *manager, struct heard *heard)
{
    for (int32_t mode = CAMERA_TORCH_MODE_OFF; mode <= CAMERA_TORCH_MODE_AUTO; mode++) {
        CHECK(!supports(manager, mode));
        /* What is not there is off already. */
        CHECK_CODE(camera_manager_set_torch_mode(manager, mode), mode == CAMERA_TORCH_MODE_OFF ? 0 : 102);
    }
    check_status(manager, 0, 0);
    CHECK_EQ(count_of(heard), 0);
}

static void with_a_torch(camera_manager *manager, struct heard *heard)
{
    CHECK(supports(manager, CAMERA_TORCH_MODE_ON) && supports(manager, CAMERA_TORCH_MODE_OFF));
    CHECK(!supports(manager, CAMERA_TORCH_MODE_AUTO));
    CHECK_CODE(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_AUTO), 102);
    check_status(manager, 1, 0);
    for (int i = 0; i < 2; i++)
        OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON));
    check_status(manager, 1, 1);
    check_heard(heard, 1, 1, 1);
    OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_OFF));
    check_status(manager, 1, 0);
    check_heard(heard, 2, 1, 0);

    /* A session takes the camera, and its light. */
    OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON));
    check_heard(heard, 3, 1, 1);
    struct t_rig rig = t_rig_in(manager, 0, CONFIG);
    check_heard(heard, 4, 0, 0);
    check_status(manager, 0, 0);
    CHECK_CODE(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON), 102);
    OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_OFF));
    t_rig_release(&rig);
    check_heard(heard, 5, 1, 0);

    /* It burns, and the manager ends. */
    OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON));
    check_status(manager, 1, 1);
}

static void it_does_what_it_says(void)
{
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_manager *manager = t_manager();
    uint64_t listener = 0;
    bool supported = false;
    OK(camera_manager_add_listener(manager, hear, &heard, NULL, &listener));
    OK(camera_manager_is_torch_supported(manager, &supported));
    (supported ? with_a_torch : without_a_torch)(manager, &heard);
    OK(camera_manager_release(manager));
}

/* What is set by the control itself is told, too. */
static void raw_controls_are_heard(void)
{
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    camera_input *input = t_input(manager, 0, true);
    camera_control_info power = CAMERA_CONTROL_INFO_INIT;
    uint64_t listener = 0;
    OK(camera_manager_add_listener(manager, hear, &heard, NULL, &listener));
    OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON));
    check_heard(&heard, 1, 1, 1);
    OK(camera_input_describe_control(input, V4L2_CID_FLASH_TORCH_INTENSITY, &power));
    OK(camera_input_set_control(input, V4L2_CID_FLASH_TORCH_INTENSITY, power.maximum));
    check_heard(&heard, 2, 1, 1);
    CHECK(heard.last.level == 1);
    OK(camera_input_set_control(input, V4L2_CID_FLASH_LED_MODE, V4L2_FLASH_LED_MODE_NONE));
    check_heard(&heard, 3, 1, 0);
    check_status(manager, 1, 0);
    OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON));
    check_heard(&heard, 4, 1, 1);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {CASE(bad_arguments), CASE(it_does_what_it_says), CASE(raw_controls_are_heard)};
    return t_main(argc, argv, cases, T_COUNT(cases));
}
