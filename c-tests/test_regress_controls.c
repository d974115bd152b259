/*
 * test_regress_controls.c: what once went wrong with controls: lights that another put out or nobody
 * did, flashes and first good frames that never came, photos that were lost when something was set, and
 * values that did not survive an unplugging.
 */
#include "t_rig.h"
#include <linux/videodev2.h>

struct heard {
    pthread_mutex_t lock;
    int settled, reattached, errors;
};

static void hear(camera_session *session, const camera_session_event *event, void *user_data)
{
    struct heard *heard = user_data;
    (void)session;
    pthread_mutex_lock(&heard->lock);
    heard->settled += event->type == CAMERA_SESSION_EVENT_TYPE_SETTLED;
    heard->reattached += event->type == CAMERA_SESSION_EVENT_TYPE_REATTACHED;
    heard->errors += event->type == CAMERA_SESSION_EVENT_TYPE_ERROR;
    pthread_mutex_unlock(&heard->lock);
}

static int count(struct heard *heard, const int *what)
{
    pthread_mutex_lock(&heard->lock);
    int value = *what;
    pthread_mutex_unlock(&heard->lock);
    return value;
}

static struct t_rig listened_rig(camera_manager *manager, struct heard *heard, camera_session_options options)
{
    struct t_rig rig = t_rig(manager, 0);
    uint64_t listener;
    OK(camera_session_add_listener(rig.session, hear, heard, NULL, &listener));
    OK(camera_session_set_options(rig.session, &options));
    t_rig_to(&rig, STARTED);
    return rig;
}

static int64_t led(camera_input *input)
{
    int64_t value = -1;
    OK(camera_input_get_control(input, V4L2_CID_FLASH_LED_MODE, &value));
    return value;
}

static int32_t flash_mode(camera_session *session)
{
    int32_t mode = -1;
    OK(camera_session_get_flash_mode(session, &mode));
    return mode;
}

static void the_torch_leaves_a_session_its_light(void)
{
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    for (int i = 0; i < 20; i++) {
        OK(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON));
        struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
        CHECK_EQ(flash_mode(rig.session), CAMERA_FLASH_MODE_CLOSE);
        OK(camera_session_set_flash_mode(rig.session, CAMERA_FLASH_MODE_ALWAYS_OPEN));
        CHECK_CODE(camera_manager_set_torch_mode(manager, CAMERA_TORCH_MODE_ON), 102);
        /* Whatever the torch still had to do is done before its next answer. */
        camera_torch_status status = CAMERA_TORCH_STATUS_INIT;
        OK(camera_manager_get_torch_status(manager, &status));
        CHECK_EQ(flash_mode(rig.session), CAMERA_FLASH_MODE_ALWAYS_OPEN);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

static void a_light_goes_out_with_its_input(void)
{
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    camera_input *spy = t_input(manager, 0, true);
    for (int way = 0; way < 4; way++) {
        struct t_rig rig = t_rig_in(manager, 0, STARTED);
        OK(camera_session_set_flash_mode(rig.session, CAMERA_FLASH_MODE_ALWAYS_OPEN));
        CHECK_EQ(led(spy), V4L2_FLASH_LED_MODE_TORCH);
        if (way != 3)
            OK(camera_session_begin_config(rig.session));
        if (way == 1)
            OK(camera_session_remove_input(rig.session, rig.input));
        OK((way == 2 ? camera_input_release : camera_input_close)(rig.input));
        CHECK_EQ(led(spy), V4L2_FLASH_LED_MODE_NONE);
        t_rig_release(&rig);
        CHECK_EQ(led(spy), V4L2_FLASH_LED_MODE_NONE);
    }
    OK(camera_input_release(spy));
    OK(camera_manager_release(manager));
}

static size_t photo_length(struct t_rig *rig)
{
    camera_photo *photo = NULL;
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    OK(camera_output_take_photo(rig->photo, NULL, 10000, &photo));
    OK(camera_photo_get_info(photo, &info));
    OK(camera_photo_release(photo));
    return info.length;
}

/* In the dark a picture that was lit has much more in it, and so more bytes. */
static void a_flash_lights_the_photo_of_a_session_at_rest(void)
{
    camera_manager *manager = t_manager_of("virtual+light@0f=1%", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    OK(camera_session_set_exposure_duration(rig.session, 1000));
    size_t dark = photo_length(&rig);
    OK(camera_session_set_flash_mode(rig.session, CAMERA_FLASH_MODE_OPEN));
    size_t lit = photo_length(&rig);
    EXPECT(lit > dark + dark / 8, "%zu bytes without, %zu with the flash", dark, lit);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void a_start_settles_in_time_whatever_is_set(void)
{
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    options.settle_ms = 300;
    struct t_rig rig = listened_rig(manager, &heard, options);
    int64_t end = t_now_ms() + t_limit() * 1000;
    for (float bias = 0; count(&heard, &heard.settled) == 0; bias = 1 - bias) {
        CHECK(t_now_ms() < end);
        OK(camera_session_set_exposure_bias(rig.session, bias));
        t_sleep_ms(20);
    }
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void what_is_set_takes_no_photo_away(void)
{
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    struct t_results results = T_RESULTS_INIT;
    for (int i = 0; i < 12; i++) {
        ACCEPT(camera_output_capture_async(rig.photo, NULL, t_completion, t_ticket(&results, i)));
        if (i % 2 == 0)
            OK(camera_output_enable_mirror(rig.preview, i % 4 == 0));
        else
            OK(camera_session_set_quality_prioritization(rig.session, i % 4 == 1));
        CHECK(photo_length(&rig) > 0);
    }
    WAIT_UNTIL(t_result_count(&results) == 12);
    for (int i = 0; i < 12; i++)
        CHECK_EQ(results.at[i].code, 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* Options hold from the next commit on, not from the next mirrored picture on. */
static void options_wait_for_their_commit(void)
{
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    struct t_rig rig = listened_rig(manager, &heard, options);
    WAIT_UNTIL(count(&heard, &heard.settled) == 1);
    options.settle_ms = -1;
    OK(camera_session_set_options(rig.session, &options));
    OK(camera_output_enable_mirror(rig.preview, true));
    WAIT_UNTIL(count(&heard, &heard.settled) == 2);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void values_survive_an_unplugging(void)
{
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_manager *manager = t_manager_of("virtual+unplug@300ms+return@400ms", CAMERA_DISPATCH_LIBRARY);
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    int32_t duration = 0, balance = 0;
    double distance = 0;
    options.reattach = 1;
    struct t_rig rig = listened_rig(manager, &heard, options);
    OK(camera_session_set_exposure_duration(rig.session, 5000));
    OK(camera_session_set_white_balance(rig.session, 3500));
    OK(camera_session_set_focus_distance(rig.session, 0.2));
    /* What they are already. */
    OK(camera_session_set_exposure_mode(rig.session, CAMERA_EXPOSURE_MODE_MANUAL));
    OK(camera_session_set_white_balance_mode(rig.session, CAMERA_WHITE_BALANCE_MODE_MANUAL));
    OK(camera_session_set_focus_mode(rig.session, CAMERA_FOCUS_MODE_MANUAL));
    WAIT_UNTIL(count(&heard, &heard.reattached) == 1);
    OK(camera_session_get_exposure_duration(rig.session, &duration));
    OK(camera_session_get_white_balance(rig.session, &balance));
    OK(camera_session_get_focus_distance(rig.session, &distance));
    CHECK_EQ(duration, 5000);
    CHECK_EQ(balance, 3500);
    CHECK(distance > 0.19 && distance < 0.21);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void hear_control(camera_input *input, const camera_input_event *event, void *user_data)
{
    struct heard *heard = user_data;
    (void)input;
    pthread_mutex_lock(&heard->lock);
    heard->settled += event->type == CAMERA_INPUT_EVENT_TYPE_CONTROL;
    heard->errors += event->type == CAMERA_INPUT_EVENT_TYPE_ERROR;
    pthread_mutex_unlock(&heard->lock);
}

/* A commit that opens the camera again watches it again. */
static void a_watch_goes_on_after_a_commit_that_reopens(void)
{
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_manager *manager = t_manager_of("virtual+unplug@5f+return@8f", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig(manager, 0);
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener;
    OK(camera_input_open(rig.input));
    OK(camera_input_add_listener(rig.input, hear_control, &heard, NULL, &listener));
    OK(camera_input_watch_control(rig.input, V4L2_CID_WHITE_BALANCE_TEMPERATURE, true));
    t_rig_to(&rig, STARTED);
    WAIT_UNTIL(count(&heard, &heard.errors) == 1);
    OK(camera_session_begin_config(rig.session));
    options.reattach = 1;
    OK(camera_session_set_options(rig.session, &options));
    WAIT_UNTIL(camera_session_commit_config(rig.session) == CAMERA_OK);
    int told = count(&heard, &heard.settled);
    /* It becomes active, which is told. */
    OK(camera_session_set_white_balance(rig.session, 3000));
    WAIT_UNTIL(count(&heard, &heard.settled) > told);
    OK(camera_input_watch_control(rig.input, V4L2_CID_WHITE_BALANCE_TEMPERATURE, true));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(the_torch_leaves_a_session_its_light),
        CASE(a_light_goes_out_with_its_input),
        CASE(a_flash_lights_the_photo_of_a_session_at_rest),
        CASE(a_start_settles_in_time_whatever_is_set),
        CASE(what_is_set_takes_no_photo_away),
        CASE(options_wait_for_their_commit),
        CASE(values_survive_an_unplugging),
        CASE(a_watch_goes_on_after_a_commit_that_reopens),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
